import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { setting } from './settings.ts';

export const qwenCode: Assistant = {
  id: 'qwen-code',
  title: 'Qwen Code',
  detail: 'the command line',
  scopes: ['user', 'project'],
  agents: ['Qwen Code'],
  traces: { commands: ['qwen'], folders: ['.qwen'], extensions: ['qwenlm.qwen-code-vscode-ide-companion'] },
  edits: ({ url, key, model = '' }, scope, { home, project = home }) => {
    const folder = join(scope === 'project' ? project : home, '.qwen');
    return [
      {
        path: join(folder, '.env'),
        format: 'env',
        isSecret: true,
        settings: [
          setting(['OPENAI_BASE_URL'], `${url}/v1`),
          setting(['OPENAI_API_KEY'], key),
          setting(['OPENAI_MODEL'], model),
        ],
      },
      {
        path: join(folder, 'settings.json'),
        format: 'json',
        settings: [setting(['security', 'auth', 'selectedType'], 'openai')],
      },
    ];
  },
  then: 'Start it anew. A .env in the folder that it works in wins over the one in your home.',
};
