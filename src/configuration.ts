import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import { formatFinding } from './config/findings.ts';
import { loadConfig, type LoadResult } from './config/load.ts';
import { starterModels } from './config/starter.ts';
import { providers } from './providers/index.ts';

export type Say = (level: 'info' | 'warn' | 'error', line: string) => void;

/** Where a head's configuration comes from. */
export interface ConfigurationPlace {
  /** Undefined, or a file that is not there: the starter. */
  readonly file: string | undefined;
  readonly environment: Environment;
  /** Whether a file that lists no models stands for the starter's. */
  readonly orStarter: boolean;
  readonly say: Say;
}

/** The configuration, its remarks said; undefined after its mistakes were said, since half a configuration is none. */
export async function readConfiguration(place: ConfigurationPlace): Promise<Config | undefined> {
  const { file, say } = place;
  const { config, errors } = await loaded(place, (file === undefined ? undefined : textOf(file)) ?? '');
  for (const error of errors) say('error', formatFinding(error));
  for (const warning of config?.warnings ?? []) say('warn', formatFinding(warning));
  return config;
}

/** What a text in this place would be read as. */
export const loaded = async ({ file, environment, orStarter }: ConfigurationPlace, text: string): Promise<LoadResult> =>
  loadConfig({
    ...{ text, environment, providers: facts, readFile: textOf },
    ...(file === undefined ? {} : { file }),
    ...(orStarter ? { otherwise: await modelsOfStarter(environment) } : {}),
  });

/** Reads it again for a gateway that runs; says and gives false when it has a mistake, and the one of before stays in force. */
export async function readAgain(place: ConfigurationPlace, use: (config: Config) => void): Promise<boolean> {
  const { file = 'The built-in configuration', say } = place;
  try {
    const config = await readConfiguration(place);
    if (config === undefined) throw new Error('it has mistakes');
    use(config);
    say('info', `${file} was read again: ${config.deployments.length} deployments.`);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say('error', `${file} was not taken (${why}); the configuration of before stays in force.`);
    return false;
  }
}

export function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** What the loader needs to know of the providers. */
export const facts = Object.fromEntries(
  providers.map(({ name, keyVariables, baseUrl, local, aws }) => [
    name,
    { keyVariables, needsBase: baseUrl === undefined, local: local ?? false, aws: aws ?? false },
  ]),
);

/** What is offered where nobody wrote a model_list. */
export const modelsOfStarter = async (environment: Environment) =>
  starterModels({ environment, providers: facts, ollamaAnswers: await ollamaAnswers() });

/** Whether an Ollama runs on its usual port. It is local: it answers at once or it is not there. */
function ollamaAnswers(): Promise<boolean> {
  // Not fetch, which takes 20 ms to load.
  return new Promise((resolve) => {
    const request = get('http://127.0.0.1:11434/api/tags', { timeout: 300 }, (response) => {
      resolve(response.statusCode === 200);
      response.destroy();
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
