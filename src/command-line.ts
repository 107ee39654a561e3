import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { environmentOf, type Environment } from './config/environment.ts';
import { textOf } from './configuration.ts';

/** What the headless commands have in common: where things are, and how they speak. */

/** One per user, where the system keeps such things. */
export function defaultDataFolder(): string {
  const home = homedir();
  if (process.platform === 'win32')
    return join(process.env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Purser');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Purser');
  return join(process.env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'purser');
}

/** The file asked for, else `config.yaml` or `litellm_config.yaml` here; undefined for the built-in starter. */
export function configFile(asked: string | undefined): string | undefined {
  if (asked !== undefined) {
    if (!existsSync(asked)) throw new Error(`There is no configuration file ${resolve(asked)}.`);
    return asked;
  }
  return ['config.yaml', 'litellm_config.yaml'].find((name) => existsSync(name));
}

export interface Surroundings {
  /** The `.env` beside the configuration, whether it is there or not. */
  readonly dotEnv: string;
  readonly environment: Environment;
}

export function surroundingsOf(file: string | undefined): Surroundings {
  const dotEnv = resolve(file === undefined ? '.' : dirname(file), '.env');
  return { dotEnv, environment: environmentOf({ processEnv: process.env, dotEnvText: textOf(dotEnv) }) };
}

/** The built files that stand beside the running one. */
export const beside = (name: string): string => join(import.meta.dirname, name);

export function say(level: 'info' | 'warn' | 'error', line: string): void {
  const stream = level === 'info' ? process.stdout : process.stderr;
  stream.write(level === 'info' ? `${line}\n` : `${level}: ${line}\n`);
}
