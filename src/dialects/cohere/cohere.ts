import type { ProviderDialect } from '../dialect.ts';
import { readRefusalWith } from '../refusal.ts';
import { readAnswer } from './answer.ts';
import { limitOutput, writeRequest } from './request.ts';
import { isLast, streamReader } from './stream.ts';

/** Cohere's chat, version 2: https://docs.cohere.com/reference/chat */
export const cohere: ProviderDialect = {
  name: 'cohere',
  framing: 'sse',
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
  signs: ['"message-end"'],
  isLast,
  readRefusal: readRefusalWith,
};
