import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { setting } from './settings.ts';

/** https://aider.chat/docs/config/aider_conf.html; the prefix picks the format and is no part of the name. */
export const aider: Assistant = {
  id: 'aider',
  title: 'Aider',
  detail: 'the command line',
  scopes: ['project', 'user'],
  agents: ['Aider', 'LiteLLM', 'OpenAI Python'],
  traces: { commands: ['aider'], folders: ['.aider'] },
  edits: ({ url, key, model = '', smallModel = model }, scope, { home, project = home }) => [
    {
      path: join(scope === 'project' ? project : home, '.aider.conf.yml'),
      format: 'yaml',
      isSecret: true,
      settings: [
        setting(['model'], `openai/${model}`),
        setting(['weak-model'], `openai/${smallModel}`),
        setting(['openai-api-base'], `${url}/v1`),
        setting(['openai-api-key'], key),
      ],
    },
  ],
  then: 'Start it anew.',
};
