import type { Usage } from '../../chat/chat.ts';
import { isArray, numberIn, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { Dialect, DialectName, Outline } from '../dialect.ts';
import { writeAnswer } from '../openai-chat/answer.ts';
import { writeFailure, writeStreamFailure } from '../openai-chat/failure.ts';
import { requiredModel } from '../openai-chat/request.ts';
import { isLast, isUsageOnly, signs, streamReader } from '../openai-chat/stream.ts';
import { streamWriter } from '../openai-chat/stream-writer.ts';
import { readUsage } from '../openai-chat/usage.ts';
import { writeRequest } from '../openai-chat/write-request.ts';
import { failureInAnswer, readRefusalWith } from '../refusal.ts';

/** What is particular to a format that is passed on as it is: what bounds its cost, and what its answer says of it. */
export interface Relayed {
  readonly name: DialectName;
  readonly route: string;
  readonly outline: (body: JsonObject) => Partial<Outline>;
  /** What the model reads, for a local count where the provider counts nothing. */
  readonly read: (body: JsonObject) => Json | undefined;
  /** Undefined where the answer does not tell it. */
  readonly usage: (answer: JsonObject) => Usage | undefined;
}

/** A format that passes as it came, only metered. What it has no words of its own for, its refusals too, is as in OpenAI's chat. */
export const relayed = ({ name, route, outline, read, usage }: Relayed): Dialect => ({
  name,
  route,
  framing: 'sse',
  signs,
  writeRequest,
  writeAnswer,
  streamReader,
  streamWriter,
  isLast,
  isUsageOnly,
  writeFailure,
  writeStreamFailure,
  readRefusal: readRefusalWith,
  expresses: new Set(),
  outline: (body) => ({
    model: requiredModel(body),
    stream: false,
    wantsUsage: false,
    choices: 1,
    caches: false,
    ...outline(body),
  }),
  readRequest: (body) => ({
    model: requiredModel(body),
    turns: [{ role: 'user', parts: textsIn(read(body)).map((text) => ({ type: 'text', text })) }],
    tools: [],
    settings: {},
    stream: body.stream === true,
    wantsUsage: objectIn(body.stream_options).include_usage === true,
    unknown: [],
  }),
  limitOutput: (body) => body,
  readAnswer(answer) {
    if (answer.error != null) throw failureInAnswer(answer.error);
    const told = usage(answer);
    return {
      id: stringIn(answer.id) ?? '',
      model: stringIn(answer.model) ?? '',
      parts: [],
      reason: 'stop',
      ...(told && { usage: told }),
    };
  },
});

/** The usage in an answer, by whichever names: some servers tell only the total of an input without an output. */
export function usageIn({ usage }: JsonObject): Usage | undefined {
  const said = objectIn(usage);
  const counts = readUsage({
    ...said,
    prompt_tokens: numberIn(said.prompt_tokens) ?? numberIn(said.input_tokens) ?? numberIn(said.total_tokens),
    completion_tokens: numberIn(said.completion_tokens) ?? numberIn(said.output_tokens),
    prompt_tokens_details: said.prompt_tokens_details ?? said.input_tokens_details,
    completion_tokens_details: said.completion_tokens_details ?? said.output_tokens_details,
  });
  return counts && { ...counts, raw: said };
}

/** Texts wherever they stand; a token that is given by its number counts as one word. */
function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isArray(value)) return Object.values(objectIn(value)).flatMap(textsIn);
  if (value.every((item) => typeof item === 'number')) return [' a'.repeat(value.length)];
  return value.flatMap(textsIn);
}
