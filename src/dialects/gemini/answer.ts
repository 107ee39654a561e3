import type { ChatAnswer, Citation, FinishReason, TextPart, Usage, Extras } from '../../chat/chat.ts';
import { collect } from '../../chat/collect.ts';
import type { JsonObject } from '../../lib/json.ts';
import { answerReader } from './answer-reader.ts';
import { throwIfError } from './failure.ts';
import { writeGrounding } from './grounding.ts';
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
  const cited = answer.parts.findLast((part) => part.type === 'text');
  return writeChunk(answer, parts, { ...answer, ...sourcesOf(cited) });
}

/** The end of an answer: what the last chunk of a stream, and a whole answer, hold besides parts. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly usage?: Usage;
  readonly extras?: Extras;
  readonly citations?: readonly Citation[];
  /** The text that the citations belong to. */
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

const sourcesOf = (part: TextPart | undefined): Pick<AnswerEnd, 'citations' | 'text'> =>
  part?.citations ? { citations: part.citations, text: part.text } : {};
