import type { Dialect } from '../dialect.ts';
import { readRefusalWith } from '../refusal.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import { writeFailure, writeStreamFailure } from './failure.ts';
import { outline } from './outline.ts';
import { recalled } from './recalled.ts';
import { readRequest } from './request.ts';
import { expresses, limitOutput } from './settings.ts';
import { isLast, isUsageOnly, mark, mended, signs, streamReader } from './stream.ts';
import { streamWriter } from './stream-writer.ts';
import { writeRequest } from './write-request.ts';

export { gatewayFields, isGatewayField } from './request.ts';

/** OpenAI's chat completions, which nearly every provider and most clients speak. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
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
  isUsageOnly,
  // Some servers send no `[DONE]`.
  mayBeLast: ({ data }) => /"finish_reason": ?"/.test(data),
  mark,
  mended,
  recalled,
  writeFailure,
  writeStreamFailure,
  readRefusal: readRefusalWith,
};
