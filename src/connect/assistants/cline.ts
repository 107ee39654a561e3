import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { byDefault, setting } from './settings.ts';

/** What `cline auth` of 3.0 writes. */
export const cline: Assistant = {
  id: 'cline',
  title: 'Cline',
  detail: 'the command line; its VS Code extension keeps the key in the panel, which the copy blocks are for',
  scopes: ['user'],
  agents: ['Cline', 'AI SDK'],
  traces: { commands: ['cline'], folders: ['.cline'] },
  edits: ({ url, key, model = '' }, _scope, { home }) => {
    const provider = ['providers', 'openai-compatible'];
    const set = (name: string, value: string) => setting([...provider, 'settings', name], value);
    return [
      {
        path: join(home, '.cline', 'data', 'settings', 'providers.json'),
        format: 'json',
        isSecret: true,
        settings: [
          byDefault(['version'], 1),
          setting(['lastUsedProvider'], 'openai-compatible'),
          byDefault(['modes'], {}),
          set('provider', 'openai-compatible'),
          set('apiKey', key),
          set('model', model),
          set('baseUrl', `${url}/v1`),
          // It throws an entry away that lacks these (measured with 3.0.65).
          byDefault([...provider, 'updatedAt'], '2026-01-01T00:00:00.000Z'),
          byDefault([...provider, 'tokenSource'], 'manual'),
        ],
      },
    ];
  },
  then: 'Start it anew.',
};
