import type { ChatEvent, Citation, Extras, Part } from '../../chat/chat.ts';
import { mergedExtras } from '../../chat/collect.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, parseJson } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { answerReader } from './answer-reader.ts';
import { writeChunk } from './answer.ts';
import { throwIfError } from './failure.ts';
import { movedBy } from './grounding.ts';
import { writePart } from './parts.ts';

/** Google marks no end of a stream: whoever reads one says so with this frame once nothing more comes. */
export const isLast = (frame: SseFrame): boolean => frame.data === '[DONE]';

export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const reader = answerReader();
  return (frame) => (isLast(frame) ? reader.end() : reader.read(parseChunk(frame)));
}

function parseChunk({ data }: SseFrame): JsonObject {
  const value = parseJson(data);
  const chunk: unknown = Array.isArray(value) ? value[0] : value; // errors may come in a list
  if (!isObject(chunk)) throw new Failure('provider-nonsense', 'Gemini sent a chunk that is not a JSON object.');
  throwIfError(chunk);
  return chunk;
}

interface Writing {
  head: { id: string; model: string };
  /** Parts under way: text has gone out, calls wait for their arguments, which Gemini's clients take whole. */
  readonly open: Map<number, Part>;
  readonly citations: Citation[];
  /** The texts of all parts in one, and where the last of them begins in it. */
  text: string;
  offset: number;
}

export function streamWriter(): (event: ChatEvent) => readonly SseFrame[] {
  const writing: Writing = { head: { id: '', model: '' }, open: new Map(), citations: [], text: '', offset: 0 };
  return (event) => write(writing, event).map((chunk) => ({ data: JSON.stringify(chunk) }));
}

function write(writing: Writing, event: ChatEvent): readonly JsonObject[] {
  const { head, open, citations } = writing;
  switch (event.type) {
    case 'start':
      writing.head = event;
      return [];
    case 'part-start':
      open.set(event.index, event.part);
      if (event.part.type === 'text') writing.offset = writing.text.length;
      return [];
    case 'part-delta':
      return writeDelta(writing, event.index, event.text, event.extras);
    case 'citation':
      citations.push(movedBy(writing.offset, event.citation));
      return [];
    case 'part-end':
      return writeEnd(writing, event.index, event.extras);
    case 'finish':
      // Clients expect parts in every chunk; Google itself ends with an empty text.
      return [writeChunk(head, [{ text: '' }], { ...event, citations, text: writing.text })];
    case 'foreign': {
      const chunk = event.dialect === 'gemini' ? parseJson(event.frame.data) : undefined;
      return isObject(chunk) ? [{ ...chunk, modelVersion: head.model, responseId: head.id }] : [];
    }
  }
}

function writeDelta(writing: Writing, index: number, text: string, extras: Extras | undefined): readonly JsonObject[] {
  const part = writing.open.get(index);
  if (!part) return [];
  const known = extras ? { ...part, extras: mergedExtras(part.extras, extras) } : part;
  writing.open.set(index, known.type === 'tool-call' ? { ...known, input: known.input + text } : known);
  if (part.type === 'text') writing.text += text;
  if (part.type === 'text') return [writeChunk(writing.head, [{ text }])];
  return part.type === 'reasoning' ? [writeChunk(writing.head, [{ text, thought: true }])] : [];
}

/** What has not gone out yet: a call or media as a whole, of text a part that holds its signature alone. */
function writeEnd(writing: Writing, index: number, extras: Extras | undefined): readonly JsonObject[] {
  const part = writing.open.get(index);
  writing.open.delete(index);
  if (!part) return [];
  const whole = extras ? { ...part, extras: mergedExtras(part.extras, extras) } : part;
  const written = writePart(whole);
  const nothingLeft = whole.type === 'reasoning' && written?.['thoughtSignature'] === undefined && whole.text === '';
  return written && !nothingLeft ? [writeChunk(writing.head, [written])] : [];
}
