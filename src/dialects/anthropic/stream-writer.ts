import type { ChatEvent, Extras, Part, Usage } from '../../chat/chat.ts';
import { noUsage } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import { without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { unparsed, writeCall, writeCitation, writeId, writeReason, writeRedacted } from './answer.ts';
import { writeSignature } from './signature.ts';
import { writeUsage } from './usage.ts';

/**
 * A writer for one stream. Blocks come one after another and are numbered without gaps, as Anthropic's clients expect:
 * what arrives of a later part while an earlier one is open waits until that has ended.
 */
export function streamWriter(): (event: ChatEvent) => readonly SseFrame[] {
  const writing: Writing = { usage: noUsage, next: 0, open: undefined, waiting: [] };
  return (event) => {
    const frames: SseFrame[] = [];
    write(writing, event, frames);
    return frames;
  };
}

interface Writing {
  /** The usage told so far: the end repeats it where nothing newer is known. */
  usage: Usage;
  next: number;
  open: OpenPart | undefined;
  waiting: PartEvent[];
}

interface OpenPart {
  /** The part's index among the events. */
  readonly index: number;
  readonly part: Part;
  /** The block's index on the wire, once it has begun. */
  block: number | undefined;
  extras: Extras | undefined;
  /** Whether some of it has been written. */
  filled: boolean;
}

type PartEvent = Exclude<ChatEvent, { type: 'start' | 'finish' | 'foreign' }>;

function write(writing: Writing, event: ChatEvent, frames: SseFrame[]): void {
  switch (event.type) {
    case 'start':
      writing.usage = event.usage ?? noUsage;
      frames.push(startFrame(event, writing.usage));
      return;
    case 'finish':
      while (writing.open) endPart(writing, writing.open, frames); // a part that was never ended
      frames.push(finishFrame(event, writing.usage), frameOf({ type: 'message_stop' }));
      return;
    case 'foreign':
      if (event.dialect !== 'anthropic') return;
      if (writing.open) begin(writing, writing.open, frames);
      if (event.frame.event === 'content_block_start') writing.next++;
      frames.push(event.frame);
      return;
    default:
      if (writing.open && writing.open.index !== event.index) writing.waiting.push(event);
      else writePart(writing, event, frames);
  }
}

function writePart(writing: Writing, event: PartEvent, frames: SseFrame[]): void {
  if (event.type === 'part-start') {
    const { index, part } = event;
    writing.open = { index, part, block: undefined, extras: part.extras, filled: false };
    if (part.type === 'tool-call') begin(writing, writing.open, frames);
    return;
  }
  const { open } = writing;
  if (!open) return;
  if (event.type !== 'citation' && event.extras) open.extras = mergedExtras(open.extras, event.extras);
  if (event.type === 'part-end') endPart(writing, open, frames);
  else if (hasBlock(open.part)) frames.push(deltaFrame(begin(writing, open, frames), deltaOf(open, event)));
  open.filled = true;
}

/** Whether an answer can hold such a part in this format. */
const hasBlock = ({ type }: Part): boolean => type !== 'media' && type !== 'tool-result';

/** Begins a part's block where that has not been done. Text waits for its first delta: empty blocks come back, and are refused then. */
function begin(writing: Writing, open: OpenPart, frames: SseFrame[]): number {
  if (open.block === undefined) {
    open.block = writing.next++;
    frames.push(frameOf({ type: 'content_block_start', index: open.block, content_block: headOf(open.part) }));
  }
  return open.block;
}

function headOf(part: Part): JsonObject {
  if (part.type === 'tool-call') return writeCall(part);
  if (part.type === 'reasoning') return writeRedacted(part) ?? { type: 'thinking', thinking: '', signature: '' };
  return { type: 'text', text: '' };
}

function deltaOf(
  { part, filled }: OpenPart,
  event: Extract<PartEvent, { type: 'part-delta' | 'citation' }>,
): JsonObject {
  if (event.type === 'citation') return { type: 'citations_delta', citation: writeCitation(event.citation) };
  if (part.type === 'reasoning') return { type: 'thinking_delta', thinking: event.text };
  if (isTextCall(part)) {
    const text = JSON.stringify(event.text).slice(1, -1);
    return { type: 'input_json_delta', partial_json: filled ? text : `{"${unparsed}":"${text}` };
  }
  if (part.type === 'tool-call') return { type: 'input_json_delta', partial_json: event.text };
  return { type: 'text_delta', text: event.text };
}

/** A call of a tool that takes a text instead of JSON, which OpenAI has. */
const isTextCall = ({ extras }: Part): boolean => extras?.['openai-responses']?.type === 'custom_tool_call';

function endPart(writing: Writing, open: OpenPart, frames: SseFrame[]): void {
  if (open.part.type === 'reasoning') sign(writing, open, frames);
  if (open.block !== undefined && open.filled && isTextCall(open.part))
    frames.push(deltaFrame(open.block, { type: 'input_json_delta', partial_json: '"}' }));
  if (open.block !== undefined) frames.push(frameOf({ type: 'content_block_stop', index: open.block }));
  writing.open = undefined;
  const { waiting } = writing;
  writing.waiting = [];
  for (const event of waiting) write(writing, event, frames);
}

function sign(writing: Writing, open: OpenPart, frames: SseFrame[]): void {
  if (writeRedacted(open.part)) {
    begin(writing, open, frames);
    return;
  }
  const signature = writeSignature(open.extras);
  if (signature !== '') frames.push(deltaFrame(begin(writing, open, frames), { type: 'signature_delta', signature }));
}

const frameOf = (event: JsonObject & { readonly type: string }): SseFrame => ({
  event: event.type,
  data: JSON.stringify(event),
});

const deltaFrame = (index: number, delta: JsonObject): SseFrame => ({
  event: 'content_block_delta',
  data: JSON.stringify({ type: 'content_block_delta', index, delta }),
});

const startFrame = ({ id, model }: { readonly id: string; readonly model: string }, usage: Usage): SseFrame =>
  frameOf({
    type: 'message_start',
    message: {
      id: writeId(id),
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(usage),
    },
  });

function finishFrame(event: Extract<ChatEvent, { type: 'finish' }>, told: Usage): SseFrame {
  const { reason, stopSequence, usage = told, extras } = event;
  const facts = extras?.anthropic; // then the usage is Anthropic's own as well
  const context = facts?.context_management;
  return frameOf({
    type: 'message_delta',
    delta: {
      stop_reason: writeReason(reason, stopSequence),
      stop_sequence: stopSequence ?? null,
      ...(facts && without(facts, 'context_management')),
    },
    usage: facts && usage.raw ? usage.raw : writeUsage(usage),
    ...(context !== undefined && { context_management: context }),
  });
}
