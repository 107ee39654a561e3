import assert from 'node:assert/strict';
import type { ChatAnswer } from '../../src/chat/chat.ts';
import { eventsOf } from '../../src/chat/collect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import type { Call } from '../../src/gateway/call.ts';
import { threads, type Threads } from '../../src/gateway/threads.ts';
import { objectIn, objectsIn, parseJson, stringIn, type JsonObject } from '../../src/lib/json.ts';

const callOf = (body: JsonObject, caller = 'a'): Call =>
  ({
    caller: { id: caller },
    client: openaiResponses,
    body: { model: 'claude', ...body },
    raw: Buffer.from(JSON.stringify(body)),
    outline: openaiResponses.outline({ model: 'claude', ...body }),
  }) as unknown as Call; // a call has much more that no thread looks at

const answer = (text: string): ChatAnswer => ({
  id: '',
  model: 'claude',
  parts: [{ type: 'text', text }],
  reason: 'stop',
});

/** The response that the client of a call gets. */
function answered(memory: Threads, call: Call, text: string): JsonObject {
  const { client, body } = memory.joined(call);
  return client.writeAnswer(answer(text), client.readRequest(body));
}
const idOf = (response: JsonObject): string => stringIn(response.id) ?? '';

/** What is said in a request, in the order in which it is sent on. */
const saidIn = ({ client, body }: Call): readonly string[] =>
  client
    .readRequest(body)
    .turns.flatMap(({ role, parts }) =>
      parts.map((part) => `${role}: ${part.type === 'text' ? part.text : part.type}`),
    );

describe('a thread of responses', () => {
  it('goes on from the response before, and from the ones before that', () => {
    const memory = threads();
    const first = answered(memory, callOf({ input: 'One' }), 'Two');
    const second = answered(memory, callOf({ input: 'Three', previous_response_id: idOf(first) }), 'Four');
    const third = memory.joined(callOf({ input: 'Five', previous_response_id: idOf(second) }));
    assert.deepEqual(saidIn(third), ['user: One', 'assistant: Two', 'user: Three', 'assistant: Four', 'user: Five']);
    assert.equal(third.outline.unbounded, undefined);
    assert.deepEqual(parseJson(third.raw.toString()), third.body);
  });

  it('goes on from a stream', () => {
    const memory = threads();
    const { client, body } = memory.joined(callOf({ input: 'One', stream: true }));
    const frames = eventsOf(answer('Two')).flatMap(client.streamWriter(client.readRequest(body)));
    const response = objectIn(objectIn(parseJson(frames.at(-1)?.data ?? '')).response);
    const next = memory.joined(callOf({ input: 'Three', previous_response_id: idOf(response) }));
    assert.deepEqual(saidIn(next), ['user: One', 'assistant: Two', 'user: Three']);
  });

  it('finds items by their ids', () => {
    const memory = threads();
    const [item] = objectsIn(answered(memory, callOf({ input: 'One' }), 'Two').output);
    const reference = { type: 'item_reference', id: stringIn(item?.id) ?? '' };
    const next = memory.joined(
      callOf({ input: [{ role: 'user', content: 'One' }, reference, { role: 'user', content: 'Three' }] }),
    );
    assert.deepEqual(saidIn(next), ['user: One', 'assistant: Two', 'user: Three']);
  });

  it('is not kept for those who do not want it, and not shown to others', () => {
    const memory = threads();
    const unkept = answered(memory, callOf({ input: 'One', store: false }), 'Two');
    const kept = answered(memory, callOf({ input: 'One' }), 'Two');
    for (const call of [
      callOf({ input: 'Three', previous_response_id: idOf(unkept), store: false }),
      callOf({ input: 'Three', previous_response_id: idOf(kept), store: false }, 'b'),
    ]) {
      assert.equal(memory.joined(call), call);
      assert.throws(
        () => saidIn(call),
        /previous_response_id cannot be followed.*Send the whole conversation in input/,
      );
    }
    assert.deepEqual([unkept.store, kept.store], [false, true]);
  });

  it('is forgotten when there is no more room, the longest unused first', () => {
    const memory = threads({ count: 4, size: 1_000_000 });
    const ids = ['1', '2', '3'].map((input) => idOf(answered(memory, callOf({ input }), 'Aye')));
    const isKnown = ids.map(
      (id) => memory.joined(callOf({ input: 'x', previous_response_id: id })).body.previous_response_id === undefined,
    );
    assert.deepEqual(isKnown, [false, true, true]);
  });
});
