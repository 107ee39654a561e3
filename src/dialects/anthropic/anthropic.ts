import type { Dialect } from '../dialect.ts';
import { readRefusalWith } from '../refusal.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import { writeFailure, writeStreamFailure } from './failure.ts';
import { outline } from './outline.ts';
import { readRequest } from './request.ts';
import { streamWriter } from './stream-writer.ts';
import { isLast, streamReader } from './stream.ts';
import { expresses, limitOutput, writeRequest } from './write-request.ts';

/** Anthropic's Messages: https://docs.anthropic.com/en/api/messages */
export const anthropic: Dialect = {
  name: 'anthropic',
  forwardsQuery: true,
  requestHeaders: ['anthropic-version', 'anthropic-beta'],
  startsWithUsage: true,
  outline,
  readRequest,
  writeAnswer,
  streamWriter,
  writeFailure,
  writeStreamFailure,
  framing: 'sse',
  expresses,
  writeRequest,
  limitOutput,
  readAnswer,
  streamReader,
  signs: ['"usage"', '"stop_reason"', '"error"'],
  isLast,
  readRefusal: readRefusalWith,
};
