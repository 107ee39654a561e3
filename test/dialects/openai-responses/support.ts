import assert from 'node:assert/strict';
import type { ChatRequest } from '../../../src/chat/chat.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import { objectIn, parseJson, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';

/** A request as a client of this format sends it, read. */
export const requestOf = (body: JsonObject): ChatRequest =>
  openaiResponses.readRequest({ model: 'm', input: 'Hi.', stream: true, ...body });

export const dataOf = (frames: readonly SseFrame[]): readonly JsonObject[] =>
  frames.map(({ data }) => objectIn(parseJson(data)));

/**
 * What the format's clients rely on: numbers that rise by one, items that open, fill and close one after another, deltas
 * that make the text told at their end, and a last event that holds all the items that were told.
 */
export function assertInOrder(frames: readonly SseFrame[]): void {
  const events = dataOf(frames);
  assert.deepEqual(
    events.map((event) => event['sequence_number']),
    events.map((_, at) => at),
  );
  assert.deepEqual(
    frames.map(({ event }) => event),
    events.map(({ type }) => type),
  );
  assert.deepEqual(
    events.slice(0, 2).map(({ type }) => type),
    ['response.created', 'response.in_progress'],
  );
  const items = itemsTold(events.slice(2, -1));
  const last = objectIn(events.at(-1));
  const response = objectIn(last['response']);
  assert.equal(last['type'], `response.${stringIn(response['status']) ?? ''}`);
  assert.ok(last['type'] === 'response.completed' || last['type'] === 'response.incomplete');
  assert.deepEqual(response['output'], items);
  assert.equal(response['id'], objectIn(events[0]?.['response'])['id']);
}

/** The items that a stream tells, each checked on the way. */
function itemsTold(events: readonly JsonObject[]): readonly JsonObject[] {
  const told: JsonObject[] = [];
  let open: JsonObject | undefined;
  let parts = new Set<unknown>();
  let text = '';
  for (const event of events) {
    const type = stringIn(event['type']) ?? '';
    assert.equal(event['output_index'], told.length, type);
    if (type === 'response.output_item.added') {
      assert.equal(open, undefined, 'an item opens before another has closed');
      open = objectIn(event['item']);
      parts = new Set();
      continue;
    }
    assert.ok(open, `${type} outside an item`);
    if (type === 'response.output_item.done') {
      const item = objectIn(event['item']);
      assert.equal(item['type'], open['type']);
      assert.equal(parts.size, 0, 'an item closes before its parts');
      told.push(item);
      open = undefined;
      continue;
    }
    assert.equal(event['item_id'], open['id'], type);
    const part = event['content_index'] ?? event['summary_index'];
    if (type.endsWith('_part.added')) parts.add(part);
    else if (part !== undefined) assert.ok(parts.has(part), `${type} outside a part`);
    if (type.endsWith('_part.done')) parts.delete(part);
    else if (type.endsWith('.delta')) text += stringIn(event['delta']) ?? '';
    else if (type.endsWith('.done')) {
      assert.equal(event['text'] ?? event['refusal'] ?? event['arguments'] ?? event['input'], text, type);
      text = '';
    }
  }
  assert.equal(open, undefined, 'an item is left open');
  return told;
}
