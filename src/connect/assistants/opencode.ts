import { join } from 'node:path';
import type { JsonObject } from '../../lib/json.ts';
import type { Access, Assistant, Places, Scope } from '../assistant.ts';
import { byDefault, ours, setting } from './settings.ts';

/** https://opencode.ai/docs/config: the file in the project's hidden folder is not the one that is committed. Models must be listed, and titles are asked of `small_model`. */
export const opencode: Assistant = {
  id: 'opencode',
  title: 'opencode',
  detail: 'the command line',
  scopes: ['user', 'project'],
  agents: ['opencode'],
  traces: { commands: ['opencode'], folders: ['.config/opencode'], extensions: ['sst-dev.opencode'] },
  edits: (access, scope, places) => [
    providerEdit(access, fileOf('opencode', scope, places), 'https://opencode.ai/config.json'),
  ],
  then: 'Start it anew.',
};

/** Built on opencode, with files of its own (7.7). */
export const kilo: Assistant = {
  id: 'kilo-code',
  title: 'Kilo Code',
  detail: 'the command line and the VS Code extension that runs it',
  scopes: ['user', 'project'],
  agents: ['Kilo Code', 'opencode'],
  traces: { commands: ['kilo', 'kilocode'], folders: ['.config/kilo'], extensions: ['kilocode.kilo-code'] },
  edits: (access, scope, places) => [
    providerEdit(access, fileOf('kilo', scope, places), 'https://app.kilo.ai/config.json'),
  ],
  then: 'Start it anew; in VS Code reload the window.',
};

/** Where both forms are there, the one with comments wins. */
function fileOf(name: string, scope: Scope, { home, project = home, variable, present }: Places): string {
  const everywhere = join(variable('XDG_CONFIG_HOME') ?? join(home, '.config'), name);
  const folder = scope === 'project' ? join(project, `.${name}`) : everywhere;
  return present(join(folder, `${name}.jsonc`), join(folder, `${name}.json`));
}

function providerEdit(access: Access, path: string, schema: string) {
  const { url, key, model = '', smallModel = model } = access;
  return {
    path,
    format: 'json' as const,
    isSecret: true as const,
    settings: [
      byDefault(['$schema'], schema),
      setting(['model'], `purser/${model}`),
      setting(['small_model'], `purser/${smallModel}`),
      ours(['provider', 'purser'], {
        npm: '@ai-sdk/openai-compatible',
        name: 'Purser',
        options: { baseURL: `${url}/v1`, apiKey: key },
        models: modelsOf(access),
      }),
    ],
  };
}

const mostModels = 60;

/** With limits where they are known, by which it decides when to sum a conversation up. */
function modelsOf({ models, model, smallModel }: Access): JsonObject {
  const chosen = models.filter(({ id }) => id === model || id === smallModel);
  const listed = new Map([...chosen, ...models].slice(0, mostModels).map((one) => [one.id, one]));
  return Object.fromEntries(
    [...listed.values()].map(({ id, maxInput, maxOutput }) => [
      id,
      maxInput === undefined || maxOutput === undefined ? {} : { limit: { context: maxInput, output: maxOutput } },
    ]),
  );
}
