import type { ChatEvent, Extras, Part, ToolCallPart } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import type { JsonObject } from '../../lib/json.ts';
import { customText } from '../custom-tool.ts';
import { writeAnnotation } from './citations.ts';
import { writeMediaPart } from './content.ts';
import { isRefusal } from './message.ts';
import { sealedDetails, thinkingBlock } from './reasoning.ts';
import { own, thoughtContent } from './wire.ts';

/** An answer as far as it is written. */
export interface WrittenParts {
  readonly open: Map<number, OpenPart>;
  /** The names of the tools that take a text, whose calls have a form of their own. */
  readonly customs: ReadonlySet<string>;
  calls: number;
  /** Of the content so far, code units. */
  length: number;
}

interface OpenPart {
  readonly part: Part;
  /** Whether it calls a tool that takes a text, which is known when the object around it is whole. */
  readonly isCustom: boolean;
  /** A tool call's place among them; where a text begins in the message's content, code units. */
  readonly at: number;
  /** What was written so far, except of texts: a signed thought goes out whole once its signature has come. */
  written: string;
}

export const nothingWritten = (customs: ReadonlySet<string>): WrittenParts => ({
  ...{ open: new Map(), customs, calls: 0, length: 0 },
});

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
  const isCall = part.type === 'tool-call';
  const isCustom = isCall && parts.customs.has(part.name);
  parts.open.set(index, { part, isCustom, at: isCall ? parts.calls++ : parts.length, written: '' });
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return writeText(parts, index, part.text);
    case 'tool-call': {
      const { id, name, extras } = part;
      const called = isCustom
        ? { id, type: 'custom', custom: { name, input: '' } }
        : { id, type: 'function', function: { name, arguments: '' } };
      const call = withThought({ index: parts.calls - 1, ...called }, extras);
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
  if (open.isCustom) return [];
  return [{ tool_calls: [{ index: open.at, function: { arguments: text } }] }];
}

function endPart(parts: WrittenParts, index: number, late: Extras | undefined): readonly JsonObject[] {
  const open = parts.open.get(index);
  if (!open) return [];
  if (open.part.type === 'reasoning') {
    return writeSeal(open.written, late ? mergedExtras(open.part.extras, late) : open.part.extras);
  }
  if (open.part.type !== 'tool-call') return [];
  const rest = endCall(parts, index, open.part, open);
  const isNews = !thoughtContent(open.part.extras) && thoughtContent(late);
  return isNews ? [...rest, { tool_calls: [withThought({ index: open.at }, late)] }] : rest;
}

/** What of a call's input is still to be told. */
function endCall(parts: WrittenParts, index: number, part: ToolCallPart, open: OpenPart): readonly JsonObject[] {
  const { isCustom, at, written } = open;
  if (isCustom) return [{ tool_calls: [{ index: at, custom: { input: customText(part, written) } }] }];
  return written === '' ? writeText(parts, index, '{}') : []; // clients parse it even where a tool takes none
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
