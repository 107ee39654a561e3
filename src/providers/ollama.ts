import { ollama as dialect } from '../dialects/ollama/ollama.ts';
import { bearer } from './headers.ts';
import type { Provider, Target } from './provider.ts';
import { completions, embeddings } from './routes.ts';
import { appended } from './url.ts';

/** Ollama's chat API. A key is sent only where one is configured: Ollama itself wants none, a proxy before it may. */
export const ollama: Provider = {
  name: 'ollama',
  title: 'Ollama',
  dialect,
  baseUrl: 'http://127.0.0.1:11434',
  keyVariables: ['OLLAMA_API_KEY'],
  local: true,
  url: (target) => appended(target.baseUrl, '/api', '/chat'),
  headers: bearer,
  // It speaks OpenAI's format besides (docs.ollama.com, "OpenAI compatibility").
  speaks: [
    { ...embeddings, url: openaiUrl('/embeddings') },
    { ...completions, url: openaiUrl('/completions') },
  ],
  modelsUrl: (target) => appended(target.baseUrl.replace(/\/chat\/?$/, ''), '/api', '/tags'),
};

/** LiteLLM's other prefix for the same server. */
export const ollamaChat: Provider = { ...ollama, name: 'ollama_chat', priceId: 'ollama' };

function openaiUrl(route: string): (target: Target) => string {
  return ({ baseUrl }) => appended(baseUrl.replace(/\/api(\/chat)?\/?$/, ''), '/v1', route);
}
