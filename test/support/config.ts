import assert from 'node:assert/strict';
import type { Config } from '../../src/config/config.ts';
import { environmentOf } from '../../src/config/environment.ts';
import { formatFinding } from '../../src/config/findings.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ProviderFacts } from '../../src/config/reading.ts';

const remote = (...keyVariables: string[]): ProviderFacts => ({ keyVariables, needsBase: false });
const local: ProviderFacts = { keyVariables: [], needsBase: false, local: true };

/** A few providers of each kind. */
export const providers: Readonly<Record<string, ProviderFacts>> = {
  openai: remote('OPENAI_API_KEY'),
  anthropic: remote('ANTHROPIC_API_KEY'),
  gemini: remote('GEMINI_API_KEY', 'GOOGLE_API_KEY'),
  groq: remote('GROQ_API_KEY'),
  openrouter: remote('OPENROUTER_API_KEY'),
  perplexity: remote('PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'),
  azure: { keyVariables: ['AZURE_API_KEY'], needsBase: true },
  bedrock: { ...remote('AWS_BEARER_TOKEN_BEDROCK'), aws: true },
  ollama: local,
  ollama_chat: local,
};

export type Variables = Readonly<Record<string, string>>;
export type Files = Readonly<Record<string, string>>;

export const keys: Variables = { OPENAI_API_KEY: 'sk-openai', ANTHROPIC_API_KEY: 'sk-ant', GROQ_API_KEY: 'gsk' };

/** Loads `text` as `config.yaml`, with further files beside it. */
export const load = (text: string, variables: Variables = keys, files: Files = {}) =>
  loadConfig({
    text,
    file: 'config.yaml',
    environment: environmentOf({ processEnv: variables }),
    providers,
    readFile: (file) => files[file],
    timeZone: 'UTC',
  });

export function loaded(text: string, variables: Variables = keys, files: Files = {}): Config {
  const { config, errors } = load(text, variables, files);
  assert.deepEqual(errors.map(formatFinding), []);
  assert.ok(config);
  return config;
}

export const errorsOf = (text: string, variables?: Variables, files?: Files): readonly string[] => {
  const { config, errors } = load(text, variables, files);
  assert.equal(config === undefined, errors.length > 0, 'with any error there is no config, without one there is');
  return errors.map(formatFinding);
};

export const warningsOf = (text: string, variables?: Variables, files?: Files): readonly string[] =>
  loaded(text, variables, files).warnings.map(formatFinding);

/** The only deployment of a file with one model, whose litellm_params are given as flow YAML. */
export function deployment(params: string, variables?: Variables) {
  const [only, ...others] = loaded(oneModel(params), variables).deployments;
  assert.ok(only && others.length === 0);
  return only;
}

/** Its litellm_params begin in line 3, column 21. */
export const oneModel = (params: string): string => `model_list:\n  - model_name: m\n    litellm_params: ${params}\n`;
