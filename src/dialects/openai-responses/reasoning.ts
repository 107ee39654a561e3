import type { Extras, ReasoningPart } from '../../chat/chat.ts';
import { isArray, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isPacked, packExtras, unpackExtras } from '../packed-extras.ts';
import { own, ownExtras } from './wire.ts';

/**
 * A reasoning item as parts, one for each text of its summary, or of its content where the server shows the thinking
 * itself (LM Studio, vLLM). What seals it belongs to the last. None for an item that neither tells nor seals anything.
 */
export function readReasoning(item: JsonObject): readonly ReasoningPart[] {
  const texts = textsOf(item);
  const extras = readSeal(item);
  if (texts.length === 0) return extras ? [{ type: 'reasoning', text: '', extras }] : [];
  return texts.map((text, at) => ({
    type: 'reasoning',
    text,
    ...(extras && at === texts.length - 1 && { extras }),
  }));
}

const textsOf = ({ summary, content }: JsonObject): readonly string[] =>
  objectsIn(isArray(summary) && summary.length > 0 ? summary : content).map(({ text }) => stringIn(text) ?? '');

/** What must go back with a reasoning item: to this dialect its encrypted content, to another what was packed into that. */
export function readSeal({ id, encrypted_content }: JsonObject): Extras | undefined {
  if (typeof encrypted_content !== 'string' || encrypted_content === '') return undefined;
  if (isPacked(encrypted_content)) return unpackExtras(encrypted_content);
  return ownExtras({ ...(typeof id === 'string' && { id }), encrypted_content }).extras;
}

/** The encrypted content that brings a part's extras back; undefined where there is nothing to bring. */
export function writeSeal(extras: Extras | undefined): string | undefined {
  if (!extras) return undefined;
  return stringIn(extras[own]?.encrypted_content) ?? packExtras(extras);
}

/** A part as an item of an answer. Its text is a summary, which every client shows. */
export function writeReasoningItem(id: string, text: string, extras: Extras | undefined): JsonObject {
  const encrypted_content = writeSeal(extras);
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(encrypted_content !== undefined && { encrypted_content }),
  };
}

/**
 * Reasoning as an item of a request: only what this dialect sealed. Without its encrypted content OpenAI would look for
 * the item in its store, where nothing is kept.
 */
export function writeSealedItem({ text, extras }: ReasoningPart): JsonObject | undefined {
  const { id, encrypted_content } = extras?.[own] ?? {};
  if (encrypted_content === undefined) return undefined;
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return { type: 'reasoning', ...(id !== undefined && { id }), summary, encrypted_content };
}
