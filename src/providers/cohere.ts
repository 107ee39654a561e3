import { cohere as dialect } from '../dialects/cohere/cohere.ts';
import { bearer } from './headers.ts';
import type { Provider } from './provider.ts';
import { embeddings, rerank } from './routes.ts';
import { appended } from './url.ts';

/** Cohere's own chat API, version 2. */
export const cohere: Provider = {
  name: 'cohere',
  title: 'Cohere',
  dialect,
  baseUrl: 'https://api.cohere.com/v2/chat',
  keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
  // LiteLLM's users give the whole address.
  url: ({ baseUrl }) => (baseUrl.endsWith('/chat') ? baseUrl : appended(baseUrl, '/v2', '/chat')),
  speaks: [
    { ...rerank, url: ({ baseUrl }) => appended(siteOf(baseUrl), '/v2', '/rerank') },
    // docs.cohere.com, "Using Cohere models via the OpenAI SDK".
    { ...embeddings, url: ({ baseUrl }) => appended(siteOf(baseUrl), '/compatibility', '/v1', '/embeddings') },
  ],
  // With `application/json` a stream would come as lines of JSON.
  headers: (target) => ({ ...bearer(target), accept: target.stream ? 'text/event-stream' : 'application/json' }),
};

const siteOf = (base: string): string => base.replace(/\/v2(\/chat)?\/?$/, '');

/** LiteLLM's other prefix for the same. */
export const cohereChat: Provider = { ...cohere, name: 'cohere_chat', priceId: 'cohere' };
