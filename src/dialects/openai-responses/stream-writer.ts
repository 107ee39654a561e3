import type { AnswerStart, ChatEvent, ChatRequest, Usage } from '../../chat/chat.ts';
import { noUsage } from '../../chat/chat.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { now } from '../openai-chat/answer.ts';
import { callForms } from './calls.ts';
import { echoOf, writeEnd } from './response.ts';
import { writeUsage } from './usage.ts';
import { writeId } from './wire.ts';
import { addText, addCitation, closeMessage, endPart, itemWriter, openPart } from './write-items.ts';
import type { ItemWriter } from './write-items.ts';

/**
 * A writer for one stream. Items come one after another, each opened, filled and closed before the next: what arrives of a
 * later part while an earlier one is open waits until that has ended. The request's echo is serialised once.
 */
export function streamWriter(request: ChatRequest): (event: ChatEvent) => readonly SseFrame[] {
  const echo = JSON.stringify(echoOf(request)).slice(1, -1);
  const items = itemWriter(callForms(request.tools));
  const writing: Writing = { items, head: '', usage: noUsage, waiting: [] };

  const response = (type: string, members: object, output: string): void => {
    const told = JSON.stringify(members).slice(1, -1);
    items.frame(type, `"response":{${writing.head},${told},"output":[${output}],${echo}}`);
  };
  return (event) => {
    switch (event.type) {
      case 'start':
        writing.head = headOf(event);
        writing.usage = event.usage ?? noUsage;
        response('response.created', begun, '');
        response('response.in_progress', begun, '');
        break;
      case 'finish': {
        while (items.open) endOpen(writing, items.open.index); // a part that was never ended
        closeMessage(items);
        const end = writeEnd(event.reason);
        response(
          `response.${end.status}`,
          { ...end, ...toldUsage(event.usage ?? writing.usage) },
          items.output.join(','),
        );
        break;
      }
      case 'foreign': // what other dialects' own tools do has no words here
        break;
      default:
        writePart(writing, event);
    }
    return items.taken();
  };
}

interface Writing {
  readonly items: ItemWriter;
  /** The members that all responses of a stream begin with. */
  head: string;
  /** The usage told so far: the end repeats it where nothing newer is known. */
  usage: Usage;
  waiting: PartEvent[];
}

type PartEvent = Extract<ChatEvent, { readonly index: number }>;

const begun = { status: 'in_progress', error: null, incomplete_details: null, usage: null, service_tier: 'auto' };

const toldUsage = (usage: Usage): object => ({
  error: null,
  usage: writeUsage(usage),
  service_tier: usage.serviceTier ?? 'default',
});

const headOf = ({ id, model, created = now() }: AnswerStart): string =>
  JSON.stringify({ id: writeId(id), object: 'response', created_at: created, model }).slice(1, -1);

function writePart(writing: Writing, event: PartEvent): void {
  const { items } = writing;
  if (items.open && items.open.index !== event.index) {
    writing.waiting.push(event);
    return;
  }
  switch (event.type) {
    case 'part-start':
      openPart(items, event.index, event.part);
      return;
    case 'part-delta':
      addText(items, event.text, event.extras);
      return;
    case 'citation':
      addCitation(items, event.citation);
      return;
    case 'part-end':
      endOpen(writing, event.index, event);
  }
}

function endOpen(writing: Writing, index: number, event: { readonly extras?: PartExtras } = {}): void {
  if (writing.items.open?.index === index) endPart(writing.items, event.extras);
  const { waiting } = writing;
  writing.waiting = [];
  for (const later of waiting) writePart(writing, later);
}

type PartExtras = NonNullable<Extract<ChatEvent, { type: 'part-end' }>['extras']>;
