import { anthropic as dialect } from '../dialects/anthropic/anthropic.ts';
import { keyIn } from './headers.ts';
import type { Provider } from './provider.ts';
import { appended } from './url.ts';

export const anthropic: Provider = {
  name: 'anthropic',
  title: 'Anthropic',
  dialect,
  baseUrl: 'https://api.anthropic.com',
  keyVariables: ['ANTHROPIC_API_KEY'],
  url: (target) => appended(target.baseUrl, '/v1', '/messages'),
  countUrl: (target) => `${appended(target.baseUrl, '/v1', '/messages')}/count_tokens`,
  headers: (target) => ({ ...keyIn('x-api-key')(target), 'anthropic-version': '2023-06-01' }),
  modelsUrl: (target) => appended(target.baseUrl.replace(/\/messages\/?$/, ''), '/v1', '/models'),
};
