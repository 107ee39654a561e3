import { setImmediate as breath } from 'node:timers/promises';
import { answerCollector, type AnswerCollector } from '../chat/collect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { parseJson, type Json, type JsonObject } from '../lib/json.ts';
import { sseParser, type SseFrame } from '../lib/sse.ts';
import type { SoFar } from './recorded-sink.ts';

/** What a client was told: the answer as JSON in its own format, a stream put together; of sound only its size. */
export async function saidIn(client: Dialect, { bytes, type }: SoFar, request: JsonObject): Promise<Json> {
  if (bytes.length === 0) return null;
  if (/event-stream/i.test(type)) return putTogether(client, bytes, request);
  if (!/\bjson\b|^text\//i.test(type)) return { type, bytes: bytes.length };
  const text = bytes.toString('utf8');
  return parseJson(text) ?? text;
}

/** Bytes between two pauses. */
const atOnce = 64 * 1024;

async function putTogether(client: Dialect, bytes: Buffer, request: JsonObject): Promise<Json> {
  const parser = sseParser();
  const collector = answerCollector();
  const take = eventTaker(client, collector);
  const frames: SseFrame[] = [];
  for (let from = 0; from < bytes.length; from += atOnce) {
    const some = parser.push(bytes.subarray(from, from + atOnce));
    some.forEach(take);
    frames.push(...some);
    await breath();
  }
  const rest = parser.end();
  rest.forEach(take);
  const answer = collector.answer();
  // Of a format that has no texts there is nothing to put together.
  if (answer.parts.length === 0) return [...frames, ...rest].map(({ data }) => parseJson(data) ?? data);
  return client.writeAnswer(answer, understood(client, request));
}

/** What cannot be read, and what comes after it, is left out: a stream that broke off is shown as far as it came. */
function eventTaker(client: Dialect, collector: AnswerCollector): (frame: SseFrame) => void {
  const read = client.streamReader();
  let isBroken = false;
  return (frame) => {
    if (isBroken) return;
    try {
      read(frame).forEach((event) => collector.add(event));
    } catch {
      isBroken = true;
    }
  };
}

function understood(client: Dialect, request: JsonObject) {
  try {
    return client.readRequest(request);
  } catch {
    return undefined;
  }
}
