import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { ours, setting } from './settings.ts';

/** Measured with 0.169: a project's file may not name a provider, one called "OpenAI" is taken for OpenAI itself, and the key may stand in `.env`. */
export const codex: Assistant = {
  id: 'codex',
  title: 'Codex',
  detail: 'the command line, the VS Code extension and the desktop app, which share one file',
  scopes: ['user'],
  agents: ['Codex'],
  traces: { commands: ['codex'], folders: ['.codex'], extensions: ['openai.chatgpt'] },
  edits: ({ url, key, model = '' }, _scope, { home, variable }) => {
    const folder = variable('CODEX_HOME') ?? join(home, '.codex');
    const provider = (name: string, value: string) => ours(['model_providers', 'purser', name], value);
    return [
      {
        path: join(folder, 'config.toml'),
        format: 'toml',
        settings: [
          setting(['model'], model),
          setting(['model_provider'], 'purser'),
          provider('name', 'Purser'),
          provider('base_url', `${url}/v1`),
          provider('wire_api', 'responses'),
          provider('env_key', 'PURSER_KEY'),
        ],
      },
      { path: join(folder, '.env'), format: 'env', isSecret: true, settings: [ours(['PURSER_KEY'], key)] },
    ];
  },
  then: 'Start Codex anew. It names the folder that it works in with every call, so that each call is booked on its project.',
};
