import type { ChatEvent, Extras, Part } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import type { JsonObject } from '../../lib/json.ts';
import { writeAnnotation } from './citations.ts';
import { writeMediaPart } from './content.ts';
import { isRefusal } from './message.ts';
import { sealedDetails, thinkingBlock } from './reasoning.ts';
import { own, thoughtContent } from './wire.ts';

/** An answer as far as it is written. */
export interface WrittenParts {
  readonly open: Map<number, OpenPart>;
  calls: number;
  /** Of the content so far, code units. */
  length: number;
}

interface OpenPart {
  readonly part: Part;
  /** A tool call's place among them; where a text begins in the message's content, code units. */
  readonly at: number;
  /** What was written so far, except of texts: a signed thought goes out whole once its signature has come. */
  written: string;
}

export const nothingWritten = (): WrittenParts => ({ open: new Map(), calls: 0, length: 0 });

type PartEvent = Extract<ChatEvent, { readonly index: number }>;

/** The deltas of an event inside an answer. */
export function writePartEvent(parts: WrittenParts, event: PartEvent): readonly JsonObject[] {
  switch (event.type) {
    case 'part-delta':
      return writeText(parts, event.index, event.text);
    case 'part-start':
      return beginPart(parts, event.index, event.part);
    case 'citation':
      return [{ annotations: [writeAnnotation(event.citation, parts.open.get(event.index)?.at ?? 0)] }];
    case 'part-end':
      return endPart(parts, event.index, event.extras);
  }
}

function beginPart(parts: WrittenParts, index: number, part: Part): readonly JsonObject[] {
  parts.open.set(index, { part, at: part.type === 'tool-call' ? parts.calls++ : parts.length, written: '' });
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return writeText(parts, index, part.text);
    case 'tool-call': {
      const called = { id: part.id, type: 'function', function: { name: part.name, arguments: '' } };
      const call = withThought({ index: parts.calls - 1, ...called }, part.extras);
      return [{ tool_calls: [call] }, ...writeText(parts, index, part.input)];
    }
    case 'media':
      return part.kind === 'image' ? [{ images: [writeMediaPart(part)] }] : [];
    case 'tool-result':
      return [];
  }
}

function writeText(parts: WrittenParts, index: number, text: string): readonly JsonObject[] {
  const open = parts.open.get(index);
  if (!open || text === '') return [];
  if (open.part.type === 'text') {
    if (isRefusal(open.part)) return [{ refusal: text }];
    parts.length += text.length;
    return [{ content: text }];
  }
  open.written += text;
  if (open.part.type === 'reasoning') return [{ reasoning_content: text }];
  return [{ tool_calls: [{ index: open.at, function: { arguments: text } }] }];
}

function endPart(parts: WrittenParts, index: number, late: Extras | undefined): readonly JsonObject[] {
  const open = parts.open.get(index);
  if (!open) return [];
  if (open.part.type === 'reasoning') {
    return writeSeal(open.written, late ? mergedExtras(open.part.extras, late) : open.part.extras);
  }
  if (open.part.type !== 'tool-call') return [];
  // Clients parse the arguments even where a tool takes none.
  const empty = open.written === '' ? writeText(parts, index, '{}') : [];
  const isNews = !thoughtContent(open.part.extras) && thoughtContent(late);
  return isNews ? [...empty, { tool_calls: [withThought({ index: open.at }, late)] }] : empty;
}

function withThought(call: JsonObject, extras: Extras | undefined): JsonObject {
  const extra_content = thoughtContent(extras);
  return extra_content ? { ...call, extra_content } : call;
}

/** What a finished thought must come back with. */
function writeSeal(thought: string, extras: Extras | undefined): readonly JsonObject[] {
  const details = sealedDetails(extras?.[own]?.reasoning_details);
  const block = thinkingBlock(thought, extras);
  if (!block && details.length === 0) return [];
  return [{ ...(block && { thinking_blocks: [block] }), ...(details.length > 0 && { reasoning_details: details }) }];
}
