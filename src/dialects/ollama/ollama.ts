import type { ProviderDialect } from '../dialect.ts';
import { readRefusalWith } from '../refusal.ts';
import { isLast, readAnswer, streamReader } from './answer.ts';
import { limitOutput, writeRequest } from './request.ts';

/**
 * Ollama's /api/chat. It serves LiteLLM's `ollama/` as well as `ollama_chat/`: every model answers there, and the older
 * /api/generate would lose tools, the turns of a history and the images in them.
 */
export const ollama: ProviderDialect = {
  name: 'ollama',
  framing: 'ndjson',
  expresses: new Set([
    'maxOutput',
    'temperature',
    'topP',
    'topK',
    'stop',
    'seed',
    'presencePenalty',
    'frequencyPenalty',
    'format',
    'reasoning',
  ]),
  writeRequest,
  limitOutput,
  readAnswer,
  streamReader,
  signs: ['"done":true', '"done": true', '"error"'],
  isLast,
  readRefusal: readRefusalWith,
};
