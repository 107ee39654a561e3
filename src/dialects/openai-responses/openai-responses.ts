import type { Dialect } from '../dialect.ts';
import { writeFailure } from '../openai-chat/failure.ts';
import { readRefusalWith } from '../refusal.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import { writeStreamFailure } from './failure.ts';
import { outline } from './outline.ts';
import { readRequest } from './request.ts';
import { expresses, limitOutput } from './settings.ts';
import { isLast, signs, streamReader } from './stream.ts';
import { streamWriter } from './stream-writer.ts';
import { writeRequest } from './write-request.ts';

/** OpenAI's Responses, which Codex speaks alone: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  framing: 'sse',
  expresses,
  signs,
  outline,
  readRequest,
  writeRequest,
  limitOutput,
  readAnswer,
  writeAnswer,
  streamReader,
  streamWriter,
  isLast,
  writeFailure,
  writeStreamFailure,
  readRefusal: readRefusalWith,
};
