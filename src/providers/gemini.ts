import { gemini as dialect } from '../dialects/gemini/gemini.ts';
import { bearer, keyIn } from './headers.ts';
import type { Provider } from './provider.ts';
import { embeddings } from './routes.ts';
import { appended } from './url.ts';

export const gemini: Provider = {
  name: 'gemini',
  title: 'Google Gemini',
  dialect,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  priceId: 'google',
  url: (target) => {
    const model = appended(target.baseUrl, '/models') + `/${target.model}`;
    return target.stream ? `${model}:streamGenerateContent?alt=sse` : `${model}:generateContent`;
  },
  countUrl: (target) => `${appended(target.baseUrl, '/models')}/${target.model}:countTokens`,
  headers: keyIn('x-goog-api-key'),
  // Google's own OpenAI-compatible address (ai.google.dev, "OpenAI compatibility").
  speaks: [{ ...embeddings, url: ({ baseUrl }) => appended(baseUrl, '/openai', '/embeddings'), headers: bearer }],
  modelsUrl: (target) => appended(target.baseUrl, '/models'),
};
