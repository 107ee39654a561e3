import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { setting, settings } from './settings.ts';

/** Measured with 0.61: the first `.env` that is found wins, one of a project counts only in a trusted folder, and without the type it goes on with Google's login. */
export const geminiCli: Assistant = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  detail: 'the command line',
  scopes: ['user', 'project'],
  agents: ['Gemini CLI'],
  traces: { commands: ['gemini'], folders: ['.gemini'] },
  family: 'gemini',
  edits: ({ url, key, model }, scope, { home, project = home }) => {
    const folder = join(scope === 'project' ? project : home, '.gemini');
    return [
      {
        path: join(folder, '.env'),
        format: 'env',
        isSecret: true,
        settings: [
          setting(['GOOGLE_GEMINI_BASE_URL'], url),
          setting(['GEMINI_API_KEY'], key),
          ...settings(['GEMINI_MODEL'], model),
        ],
      },
      {
        path: join(folder, 'settings.json'),
        format: 'json',
        settings: [setting(['security', 'auth', 'selectedType'], 'gemini-api-key')],
      },
    ];
  },
  then: 'Start it anew. A .env in the folder that it works in wins over the one in your home, and one of a project needs a trusted folder (/permissions).',
};
