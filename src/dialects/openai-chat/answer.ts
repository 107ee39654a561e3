import type { ChatAnswer, ChatRequest, Part } from '../../chat/chat.ts';
import { collect } from '../../chat/collect.ts';
import { Failure } from '../../chat/failure.ts';
import { isArray, isObject, objectsIn, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { customNames } from '../custom-tool.ts';
import { writeAnnotation } from './citations.ts';
import { isRefusal, writeAssistant } from './message.ts';
import { finishAnswer, noAnswer, readChunk } from './read-chunk.ts';
import { withUsage } from './usage.ts';
import { writeReason } from './wire.ts';

/** A whole answer reads as a stream of one chunk. */
export function readAnswer(body: JsonObject): ChatAnswer {
  const answer = noAnswer();
  const events = readChunk(answer, { ...body, choices: objectsIn(body.choices).map(withBlocks) });
  if (objectsIn(body.choices).length === 0) {
    throw new Failure('provider-nonsense', 'The provider answered 200 with a body that holds no answer.');
  }
  return collect([...events, ...finishAnswer(answer)]);
}

/** Where thinking is given in blocks, its text without them is the same again, and loses which signature belongs where. */
function withBlocks(choice: JsonObject): JsonObject {
  const { message } = choice;
  if (!isObject(message) || !isArray(message.thinking_blocks) || message.thinking_blocks.length === 0) return choice;
  return { ...choice, message: without(message, 'reasoning_content', 'reasoning') };
}

export function writeAnswer(answer: ChatAnswer, request?: ChatRequest): JsonObject {
  const annotations = annotationsOf(answer.parts);
  const message = writeAssistant(answer.parts, request && customNames(request.tools));
  return {
    id: answer.id,
    object: 'chat.completion',
    created: answer.created ?? now(),
    model: answer.model,
    choices: [
      {
        index: 0,
        message: annotations.length > 0 ? { ...message, annotations } : message,
        logprobs: null,
        finish_reason: writeReason(answer.reason),
      },
    ],
    ...(answer.usage && withUsage(answer.usage)),
  };
}

function annotationsOf(parts: readonly Part[]): readonly JsonObject[] {
  let offset = 0;
  return parts.flatMap((part) => {
    if (part.type !== 'text' || isRefusal(part)) return [];
    const from = offset;
    offset += part.text.length;
    return (part.citations ?? []).map((citation) => writeAnnotation(citation, from));
  });
}

/** Seconds, for answers of providers that do not say when they were made; clients require the field. */
export const now = (): number => Math.floor(Date.now() / 1000);
