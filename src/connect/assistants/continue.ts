import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { byDefault, ours } from './settings.ts';

export const continueDev: Assistant = {
  id: 'continue',
  title: 'Continue',
  detail: 'the extensions for VS Code and JetBrains, and the command line',
  scopes: ['user'],
  agents: ['Continue'],
  traces: { commands: ['cn'], folders: ['.continue'], extensions: ['continue.continue'] },
  edits: ({ url, key, model = '' }, _scope, { home, variable }) => [
    {
      path: join(variable('CONTINUE_GLOBAL_DIR') ?? join(home, '.continue'), 'config.yaml'),
      format: 'yaml',
      isSecret: true,
      settings: [
        byDefault(['name'], 'Purser'),
        byDefault(['version'], '0.0.1'),
        byDefault(['schema'], 'v1'),
        ours(['models', { by: 'name', is: 'Purser' }], {
          name: 'Purser',
          provider: 'openai',
          model,
          apiBase: `${url}/v1`,
          apiKey: key,
          roles: ['chat', 'edit', 'apply'],
        }),
      ],
    },
  ],
  then: 'It reads the file at once; choose the model "Purser" there.',
};
