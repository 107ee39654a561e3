import type { Citation, Extras, MediaPart, Part, TextPart, ToolCallPart } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import { stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { isRefusal } from '../openai-chat/message.ts';
import { messageHead, phaseOf, writePicture } from './answer.ts';
import { callItemId, writeCallHead, writeCallInput } from './calls.ts';
import type { CallForms } from './calls.ts';
import { writeAnnotation } from './citations.ts';
import { writeOutput } from './content.ts';
import { writeReasoningItem } from './reasoning.ts';
import { newItemId } from './wire.ts';

/** An answer's output items as they are written. */
export interface ItemWriter {
  readonly forms: CallForms;
  /** The items that are done, as JSON. */
  readonly output: string[];
  message: OpenMessage | undefined;
  open: OpenPart | undefined;
  /** Adds an event. `members` are JSON, since most events repeat the same ones. */
  frame(type: string, members: string): void;
  /** The frames added since the last look. */
  taken(): readonly SseFrame[];
}

/** Texts that follow one another are parts of one message. */
interface OpenMessage {
  readonly head: JsonObject;
  readonly phase: unknown;
  readonly content: JsonObject[];
}

interface OpenPart {
  /** The part's index among the events. */
  readonly index: number;
  readonly part: Part;
  /** Its item, once that was added: parts without any content have none. */
  item: JsonObject | undefined;
  /** The members by which a delta says where it belongs. */
  place: string;
  written: string;
  readonly annotations: JsonObject[];
  extras: Extras | undefined;
}

export function itemWriter(forms: CallForms): ItemWriter {
  let sequence = 0;
  let frames: SseFrame[] = [];
  return {
    forms,
    output: [],
    message: undefined,
    open: undefined,
    frame(type, members) {
      frames.push({ event: type, data: `{"type":"${type}","sequence_number":${sequence++},${members}}` });
    },
    taken() {
      const taken = frames;
      frames = [];
      return taken;
    },
  };
}

export function openPart(items: ItemWriter, index: number, part: Part): void {
  const open: OpenPart = { index, part, item: undefined, place: '', written: '', annotations: [], extras: part.extras };
  items.open = open;
  if (part.type === 'text' && items.message && items.message.phase !== phaseOf(part)) closeMessage(items);
  if (part.type === 'tool-call') begin(items, open, writeCallHead(part, callItemId(part.extras), items.forms));
  if (part.type === 'text' || part.type === 'reasoning') addText(items, part.text);
  else if (part.type === 'tool-call') addText(items, part.input);
}

export function addText(items: ItemWriter, text: string, extras?: Extras): void {
  const { open } = items;
  if (!open) return;
  if (extras) open.extras = open.extras ? mergedExtras(open.extras, extras) : extras;
  if (text === '') return;
  if (!open.item) beginText(items, open);
  open.written += text;
  const delta = deltaOf(open);
  if (delta !== '')
    items.frame(delta, `${open.place},"delta":${JSON.stringify(text)}${delta === textDelta ? noLogprobs : ''}`);
}

const textDelta = 'response.output_text.delta';
const noLogprobs = ',"logprobs":[]';

/** The event that tells a piece of a part; none for a call whose input has another form when it is whole. */
function deltaOf({ part, item }: OpenPart): string {
  if (part.type === 'text') return isRefusal(part) ? 'response.refusal.delta' : textDelta;
  if (part.type === 'reasoning') return 'response.reasoning_summary_text.delta';
  return item?.type === 'function_call' ? 'response.function_call_arguments.delta' : '';
}

export function addCitation(items: ItemWriter, citation: Citation): void {
  const { open } = items;
  if (open?.part.type !== 'text') return;
  if (!open.item) beginText(items, open);
  const annotation = writeAnnotation(citation);
  const at = open.annotations.push(annotation) - 1;
  items.frame(
    'response.output_text.annotation.added',
    `${open.place},"annotation_index":${at},"annotation":${JSON.stringify(annotation)}`,
  );
}

export function endPart(items: ItemWriter, late: Extras | undefined): void {
  const { open } = items;
  if (!open) return;
  if (late) open.extras = open.extras ? mergedExtras(open.extras, late) : late;
  items.open = undefined;
  switch (open.part.type) {
    case 'text':
      endText(items, open, open.part);
      return;
    case 'reasoning':
      endReasoning(items, open);
      return;
    case 'tool-call':
      endCall(items, open, open.part);
      return;
    case 'media':
      if (open.part.kind === 'image' && open.part.data !== undefined) addPicture(items, open, open.part);
      return;
    case 'tool-result': // no answer holds one
      return;
  }
}

export function closeMessage(items: ItemWriter): void {
  const { message } = items;
  items.message = undefined;
  if (message) done(items, { ...message.head, status: 'completed', content: message.content });
}

/** Adds the item of a part, behind those that are done. */
function begin(items: ItemWriter, open: OpenPart, item: JsonObject): void {
  if (item.type !== 'message') closeMessage(items);
  open.item = item;
  open.place = placeOf(items, item);
  items.frame('response.output_item.added', `"output_index":${items.output.length},"item":${JSON.stringify(item)}`);
}

const placeOf = (items: ItemWriter, { id }: JsonObject): string =>
  `"item_id":${JSON.stringify(id)},"output_index":${items.output.length}`;

function done(items: ItemWriter, item: JsonObject): void {
  const json = JSON.stringify(item);
  items.frame('response.output_item.done', `"output_index":${items.output.length},"item":${json}`);
  items.output.push(json);
}

/** Begins what a text belongs to: a part of a message, or of a summary. */
function beginText(items: ItemWriter, open: OpenPart): void {
  const { part } = open;
  if (part.type === 'reasoning') {
    begin(items, open, { ...writeReasoningItem(newItemId('rs'), '', open.extras), status: 'in_progress' });
    open.place += ',"summary_index":0';
    items.frame('response.reasoning_summary_part.added', `${open.place},"part":{"type":"summary_text","text":""}`);
  } else if (part.type === 'text') beginContent(items, open, part);
}

function beginContent(items: ItemWriter, open: OpenPart, part: TextPart): void {
  if (!items.message) {
    const head = messageHead(newItemId('msg'), part);
    begin(items, open, head);
    items.message = { head, phase: phaseOf(part), content: [] };
  }
  const { head, content } = items.message;
  open.item = head;
  open.place = `${placeOf(items, head)},"content_index":${content.length}`;
  items.frame('response.content_part.added', `${open.place},"part":${JSON.stringify(writeOutput(part, '', []))}`);
}

function endText(items: ItemWriter, open: OpenPart, part: TextPart): void {
  if (!open.item) return;
  const content = writeOutput(part, open.written, open.annotations);
  const text = JSON.stringify(open.written);
  if (content.type === 'refusal') items.frame('response.refusal.done', `${open.place},"refusal":${text}`);
  else items.frame('response.output_text.done', `${open.place},"text":${text}${noLogprobs}`);
  items.frame('response.content_part.done', `${open.place},"part":${JSON.stringify(content)}`);
  items.message?.content.push(content);
}

function endReasoning(items: ItemWriter, open: OpenPart): void {
  if (!open.item) {
    if (!open.extras) return;
    begin(items, open, writeReasoningItem(newItemId('rs'), '', open.extras)); // nothing to read, but something to send back
  }
  if (open.written !== '') {
    const text = JSON.stringify(open.written);
    items.frame('response.reasoning_summary_text.done', `${open.place},"text":${text}`);
    items.frame('response.reasoning_summary_part.done', `${open.place},"part":{"type":"summary_text","text":${text}}`);
  }
  done(items, writeReasoningItem(stringIn(open.item?.id) ?? '', open.written, open.extras));
}

function endCall(items: ItemWriter, open: OpenPart, part: ToolCallPart): void {
  if (!open.item) return;
  if (open.written === '' && open.item.type === 'function_call') {
    items.open = open;
    addText(items, '{}'); // clients parse it even where a tool takes nothing
    items.open = undefined;
  }
  const whole = writeCallInput(open.item, open.written);
  if (whole.type === 'custom_tool_call') {
    const input = JSON.stringify(whole.input);
    items.frame('response.custom_tool_call_input.delta', `${open.place},"delta":${input}`);
    items.frame('response.custom_tool_call_input.done', `${open.place},"input":${input}`);
  } else if (whole.type === 'function_call') {
    const input = JSON.stringify(whole.arguments);
    items.frame(
      'response.function_call_arguments.done',
      `${open.place},"name":${JSON.stringify(whole.name)},"arguments":${input}`,
    );
  }
  // What came last must go back too, so the id that clients keep is the one told here.
  done(items, open.extras === part.extras ? whole : { ...whole, id: callItemId(open.extras) });
}

function addPicture(items: ItemWriter, open: OpenPart, part: MediaPart): void {
  const item = writePicture(newItemId('ig'), part);
  begin(items, open, { ...item, status: 'in_progress', result: null });
  done(items, item);
}
