import type { ProviderDialect } from '../dialect.ts';
import { readAnswer } from './answer.ts';
import { readRefusal } from './failure.ts';
import { expresses, limitOutput, writeRequest } from './request.ts';
import { streamReader } from './stream.ts';

/** Amazon Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const bedrock: ProviderDialect = {
  name: 'bedrock',
  framing: 'aws-event-stream',
  expresses,
  writeRequest,
  limitOutput,
  readAnswer,
  streamReader,
  signs: ['"stopReason"', '"usage"', '"message"'],
  // Usage comes behind the stop, in some recordings before it: only the stream's end is sure to be the end.
  isLast: () => false,
  readRefusal,
};
