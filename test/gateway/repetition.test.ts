import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endOf, repetitions } from '../../src/gateway/repetition.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const second = 1000;

describe('repetition', () => {
  it('is told when the same was asked so often within two minutes, and once', () => {
    const seen = repetitions();
    const told = Array.from({ length: 20 }, (_, index) => seen.add('s', 1, index * 10 * second, 8));
    assert.deepEqual(
      told.flatMap((yes, index) => (yes ? [index] : [])),
      [7],
    );
  });

  it('is told again only after two minutes without it', () => {
    const seen = repetitions();
    const ask = (from: number): number[] =>
      Array.from({ length: 10 }, (_, index) => from + index * second).filter((at) => seen.add('s', 1, at, 8));
    assert.deepEqual(ask(0), [7 * second]);
    assert.deepEqual(ask(100 * second), []);
    assert.deepEqual(ask(300 * second), [307 * second]);
  });

  it('is found among other questions of the same session, and not across sessions', () => {
    const seen = repetitions();
    const told = [];
    for (let at = 0; at < 8; at += 1) {
      told.push(seen.add('s', 1, at, 8), seen.add('s', at + 2, at, 8), seen.add(`t${at}`, 1, at, 8));
    }
    assert.deepEqual(told.filter(Boolean).length, 1);
  });

  it('is never found where each question comes at most every 18 seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (waits) => {
        const seen = repetitions();
        let at = 0;
        for (const wait of waits) assert.equal(seen.add('s', 1, (at += (18 + wait) * second), 8), false);
      }),
    );
  });

  it('forgets what was longest not asked', () => {
    const seen = repetitions(2);
    seen.add('s', 1, 0, 2);
    seen.add('s', 2, 0, 2);
    seen.add('s', 3, 0, 2);
    assert.equal(seen.add('s', 1, 1, 2), false);
    assert.equal(seen.add('s', 3, 1, 2), true);
  });
});

describe('the end of a request', () => {
  const call = (id: string, path: string): JsonObject => ({
    role: 'assistant',
    tool_calls: [{ id, type: 'function', function: { name: 'read', arguments: `{"path":"${path}"}` } }],
  });
  const result = (id: string, content: string): JsonObject => ({ role: 'tool', tool_call_id: id, content });
  const chat = (...messages: JsonObject[]): JsonObject => ({
    messages: [{ role: 'user', content: 'Go.' }, ...messages],
  });

  it('is the same when the same tool was called again with the same result, however long the conversation', () => {
    const once = chat(call('1', 'a'), result('1', 'not found'));
    const again = chat(call('1', 'a'), result('1', 'not found'), call('2', 'a'), result('2', 'not found'));
    assert.equal(endOf(once), endOf(again));
  });

  it('differs when the call or the result does', () => {
    const ends = [
      chat(call('1', 'a'), result('1', 'done')),
      chat(call('1', 'b'), result('1', 'done')),
      chat(call('1', 'a'), result('1', 'failed')),
      chat(call('1', 'a'), result('1', 'done'), { role: 'user', content: 'And now?' }),
      chat(),
    ].map(endOf);
    assert.equal(new Set(ends).size, ends.length);
  });

  it("is read in every client's format", () => {
    const anthropic = (id: string): JsonObject => ({
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id, name: 'read', input: { path: 'a' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'no' }] },
      ],
    });
    const responses = (id: string): JsonObject => ({
      input: [
        { type: 'function_call', call_id: id, name: 'read', arguments: '{"path":"a"}' },
        { type: 'function_call_output', call_id: id, output: 'no' },
      ],
    });
    const gemini = (thoughtSignature: string): JsonObject => ({
      contents: [
        { role: 'model', parts: [{ functionCall: { name: 'read', args: { path: 'a' } }, thoughtSignature }] },
        { role: 'user', parts: [{ functionResponse: { name: 'read', response: { error: 'no' } } }] },
      ],
    });
    for (const form of [anthropic, responses, gemini]) assert.equal(endOf(form('1')), endOf(form('2')));
    assert.equal(endOf({ input: 'Hi.' }), endOf({ input: 'Hi.', model: 'other' }));
    assert.notEqual(endOf({ input: 'Hi.' }), endOf({ input: 'Ho.' }));
  });

  it('is not there where a request has no turns', () => {
    for (const body of [{}, { messages: [] }, { prompt: 'x' }, { messages: 7 }]) assert.equal(endOf(body), undefined);
  });

  it('sees a change at either end of a long text, and its length', () => {
    const long = 'x'.repeat(100_000);
    const ends = [long, `y${long.slice(1)}`, `${long.slice(1)}y`, `${long}x`].map((input) => endOf({ input }));
    assert.equal(new Set(ends).size, ends.length);
  });

  it('takes any JSON, however deep', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (turn) => typeof endOf({ input: [turn as JsonObject] }) === 'number'),
    );
  });
});
