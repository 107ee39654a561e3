import type { ChatEvent } from '../../chat/chat.ts';
import { objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { hasSources, readCitations, searchesIn } from './grounding.ts';
import { closeParts, noParts, readPart } from './part-reader.ts';
import { partsIn } from './parts.ts';
import { blockedExtras, readReason, reasonExtras } from './reason.ts';
import { readUsage } from './usage.ts';
import { isGemini3 } from './wire.ts';

/** Reads one answer, whole or in chunks: Gemini streams pieces of the same object that it answers with otherwise. */
export interface AnswerReader {
  read(chunk: JsonObject): readonly ChatEvent[];
  /**
   * What is only known once nothing more comes: some models say STOP and give usage in every chunk, so the finish waits.
   * Without any finish reason there is none.
   */
  end(): readonly ChatEvent[];
}

/** What stands beside the parts. Of each the last one said counts. */
interface Facts {
  usage?: JsonObject;
  reason?: string;
  message?: string;
  blocked?: string;
  grounding: JsonObject;
}

export function answerReader(): AnswerReader {
  const parts = noParts();
  const facts: Facts = { grounding: {} };
  let model: string | undefined;
  return {
    read(chunk) {
      const events: ChatEvent[] = [];
      readFacts(chunk, facts);
      if (model === undefined) {
        model = stringIn(chunk['modelVersion']) ?? '';
        events.push(start(chunk, model, facts));
      }
      // Others are further choices, which are not asked for.
      const content = objectIn(objectsIn(chunk['candidates'])[0]?.['content']);
      for (const part of partsIn(content)) readPart(parts, part, events);
      return events;
    },
    end() {
      const events: ChatEvent[] = [];
      closeParts(parts, (text) => readCitations(facts.grounding, text), events);
      const finished = finish(facts, parts.called, model ?? '');
      return finished ? [...events, finished] : events;
    },
  };
}

function readFacts(chunk: JsonObject, facts: Facts): void {
  const usage = objectIn(chunk['usageMetadata']);
  if (usage['promptTokenCount'] !== undefined) facts.usage = usage; // Vertex AI sends some without any count
  const blocked = stringIn(objectIn(chunk['promptFeedback'])['blockReason']);
  if (blocked !== undefined) facts.blocked = blocked;
  const candidate = objectsIn(chunk['candidates'])[0];
  if (!candidate) return;
  const reason = stringIn(candidate['finishReason']);
  if (reason !== undefined) facts.reason = reason;
  const message = stringIn(candidate['finishMessage']);
  if (message !== undefined) facts.message = message;
  const grounding = objectIn(candidate['groundingMetadata']);
  if (hasSources(grounding)) facts.grounding = grounding;
}

function start(chunk: JsonObject, model: string, facts: Facts): ChatEvent {
  const created = Date.parse(stringIn(chunk['createTime']) ?? '');
  return {
    type: 'start',
    id: stringIn(chunk['responseId']) ?? '',
    model,
    ...(Number.isFinite(created) && { created: Math.floor(created / 1000) }),
    ...(facts.usage && { usage: readUsage(facts.usage) }),
  };
}

function finish(facts: Facts, called: boolean, model: string): ChatEvent | undefined {
  const { reason, blocked } = facts;
  const searches = searchesIn(facts.grounding, isGemini3(model));
  const usage = facts.usage && { usage: { ...readUsage(facts.usage), ...(searches > 0 && { searches }) } };
  if (reason !== undefined) {
    return { type: 'finish', reason: readReason(reason, called), ...usage, ...reasonExtras(reason, facts.message) };
  }
  return blocked === undefined
    ? undefined
    : { type: 'finish', reason: 'content-filter', ...usage, ...blockedExtras(blocked) };
}
