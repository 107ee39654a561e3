import { noUsage } from '../../chat/chat.ts';
import type { ChatAnswer, ChatEvent, FinishReason, Usage } from '../../chat/chat.ts';
import { collect } from '../../chat/collect.ts';
import { Failure } from '../../chat/failure.ts';
import { defined, isObject, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { newCallId } from '../call-id.ts';
import { failureInAnswer } from '../refusal.ts';

/** A whole answer is a stream of one line. */
export const readAnswer = (body: JsonObject): ChatAnswer => collect(answerReader()(body));

export function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  const read = answerReader();
  return ({ data }) => (data === '[DONE]' ? [] : read(parseLine(data)));
}

export function isLast({ data }: SseFrame): boolean {
  if (!data.includes('"done"')) return false;
  const line = parseJson(data); // arguments of a call may hold a `done` of their own
  return isObject(line) && line['done'] === true;
}

function parseLine(data: string): JsonObject {
  const line = parseJson(data);
  if (!isObject(line)) throw new Failure('provider-nonsense', 'Ollama sent a line that is not a JSON object.');
  return line;
}

interface Reading {
  started: boolean;
  called: boolean;
  /** How many parts have begun. */
  parts: number;
  /** The text or reasoning that more may be added to; it is the last part. */
  open: 'text' | 'reasoning' | undefined;
}

function answerReader(): (line: JsonObject) => readonly ChatEvent[] {
  const reading: Reading = { started: false, called: false, parts: 0, open: undefined };
  return (line) => {
    if (line['error'] !== undefined) throw failureInAnswer(line);
    const events: ChatEvent[] = [];
    if (!reading.started) events.push(start(line));
    reading.started = true;
    const message = objectIn(line['message']);
    readText(reading, 'reasoning', stringIn(message['thinking']) ?? '', events);
    readText(reading, 'text', stringIn(message['content']) ?? '', events);
    for (const call of objectsIn(message['tool_calls'])) readCall(reading, call, events);
    if (line['done'] === true) {
      close(reading, events);
      events.push(finish(line, reading.called));
    }
    return events;
  };
}

/** Ollama gives an answer no id. */
function start(line: JsonObject): ChatEvent {
  const created = Date.parse(stringIn(line['created_at']) ?? '');
  return {
    type: 'start',
    id: '',
    model: stringIn(line['model']) ?? '',
    ...(Number.isFinite(created) && { created: Math.floor(created / 1000) }),
  };
}

function readText(reading: Reading, type: 'text' | 'reasoning', text: string, events: ChatEvent[]): void {
  if (text === '') return;
  if (reading.open !== type) {
    close(reading, events);
    reading.open = type;
    events.push({ type: 'part-start', index: reading.parts++, part: { type, text: '' } });
  }
  events.push({ type: 'part-delta', index: reading.parts - 1, text });
}

function close(reading: Reading, events: ChatEvent[]): void {
  if (reading.open) events.push({ type: 'part-end', index: reading.parts - 1 });
  reading.open = undefined;
}

/** Calls come whole; older versions give them no id. */
function readCall(reading: Reading, call: JsonObject, events: ChatEvent[]): void {
  close(reading, events);
  reading.called = true;
  const index = reading.parts++;
  const id = stringIn(call['id']);
  const { name, arguments: input } = objectIn(call['function']);
  events.push(
    {
      type: 'part-start',
      index,
      part: { type: 'tool-call', id: id || newCallId(), name: stringIn(name) ?? '', input: '' },
    },
    { type: 'part-delta', index, text: typeof input === 'string' ? input : JSON.stringify(input ?? {}) },
    { type: 'part-end', index },
  );
}

function finish(line: JsonObject, called: boolean): ChatEvent {
  const usage = readUsage(line);
  return { type: 'finish', reason: readReason(stringIn(line['done_reason']), called), ...(usage && { usage }) };
}

/** `load` and `unload` answer a call that only moves the model in or out of memory. */
function readReason(word: string | undefined, called: boolean): FinishReason {
  if (word === 'length') return 'length';
  if (called) return 'tool-calls';
  return word === undefined || word === 'stop' ? 'stop' : 'other';
}

/** A prompt found whole in the cache is not counted again. */
function readUsage(line: JsonObject): Usage | undefined {
  const input = numberIn(line['prompt_eval_count']);
  const output = numberIn(line['eval_count']);
  if (input === undefined && output === undefined) return undefined;
  const raw = defined({ prompt_eval_count: input, eval_count: output });
  return { ...noUsage, input: input ?? 0, output: output ?? 0, raw };
}
