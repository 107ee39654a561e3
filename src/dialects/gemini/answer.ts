import type { ChatAnswer, Citation, FinishReason, Part, Usage, Extras } from '../../chat/chat.ts';
import { collect } from '../../chat/collect.ts';
import type { JsonObject } from '../../lib/json.ts';
import { answerReader } from './answer-reader.ts';
import { throwIfError } from './failure.ts';
import { movedBy, writeGrounding } from './grounding.ts';
import { writePart } from './parts.ts';
import { writeFeedback, writeReason } from './reason.ts';
import { writeUsage } from './usage.ts';

export function readAnswer(body: JsonObject): ChatAnswer {
  throwIfError(body);
  const reader = answerReader();
  return collect([...reader.read(body), ...reader.end()]);
}

export function writeAnswer(answer: ChatAnswer): JsonObject {
  const parts = answer.parts.map(writePart).filter((part) => part !== undefined);
  return writeChunk(answer, parts, { ...answer, ...sourcesOf(answer.parts) });
}

/** The end of an answer: what the last chunk of a stream, and a whole answer, hold besides parts. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly usage?: Usage;
  readonly extras?: Extras;
  readonly citations?: readonly Citation[];
  /** The texts of all parts in one, as Google's clients put them together: the citations' places count in it. */
  readonly text?: string;
}

export function writeChunk(
  head: { id: string; model: string },
  parts: readonly JsonObject[],
  end?: AnswerEnd,
): JsonObject {
  const grounding = end?.citations?.length ? { groundingMetadata: writeGrounding(end.citations, end.text ?? '') } : {};
  const candidate = { content: { role: 'model', parts }, ...(end && writeReason(end.reason, end.extras)), index: 0 };
  return {
    candidates: [{ ...candidate, ...grounding }],
    ...(end && writeFeedback(end.extras)),
    ...(end?.usage && { usageMetadata: writeUsage(end.usage) }),
    modelVersion: head.model,
    responseId: head.id,
  };
}

function sourcesOf(parts: readonly Part[]): Pick<AnswerEnd, 'citations' | 'text'> {
  let text = '';
  const citations = parts.flatMap((part) => {
    if (part.type !== 'text') return [];
    const offset = text.length;
    text += part.text;
    return (part.citations ?? []).map((citation) => movedBy(offset, citation));
  });
  return { citations, text };
}
