import type { Dialect } from '../dialect.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import { readRefusal, writeFailure, writeStreamFailure } from './failure.ts';
import { outline } from './outline.ts';
import { readRequest } from './read-request.ts';
import { limitOutput, writeRequest } from './request.ts';
import { isLast, streamReader, streamWriter } from './stream.ts';

/** Google's generateContent and streamGenerateContent, in its version 1 and 1 beta. */
export const gemini: Dialect = {
  name: 'gemini',
  modelInPath: true,
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
  outline,
  readRequest,
  writeRequest,
  limitOutput,
  readAnswer,
  writeAnswer,
  streamReader,
  streamWriter,
  signs: ['"usageMetadata"', '"finishReason"', '"promptFeedback"', '"error"'],
  isLast,
  mayBeLast: ({ data }) => data.includes('"finishReason"'),
  readRefusal,
  writeFailure,
  writeStreamFailure,
};
