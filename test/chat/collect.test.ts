import assert from 'node:assert/strict';
import { noUsage } from '../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent } from '../../src/chat/chat.ts';
import { answerCollector, collect, eventsOf } from '../../src/chat/collect.ts';

const usage = { ...noUsage, input: 3, output: 5 };

const answer: ChatAnswer = {
  id: 'a1',
  model: 'm',
  created: 7,
  parts: [
    { type: 'reasoning', text: 'hm', extras: { anthropic: { signature: 's' } } },
    { type: 'text', text: 'Hello', citations: [{ url: 'https://example.org', start: 0, end: 5 }] },
    { type: 'tool-call', id: 'c1', name: 'now', input: '' },
    { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
    { type: 'text', text: '' },
  ],
  reason: 'tool-calls',
  stopSequence: 'END',
  usage,
  extras: { gemini: { finishMessage: 'x' } },
};

describe('collect', () => {
  it('makes the answer again of the events that it would have arrived in', () => {
    assert.deepEqual(collect(eventsOf(answer)), answer);
  });

  it('keeps an answer that says no more than it must', () => {
    const bare: ChatAnswer = { id: '', model: '', parts: [], reason: 'stop' };
    assert.deepEqual(collect(eventsOf(bare)), bare);
  });

  it('joins deltas by their index, also where parts arrive in turns', () => {
    const call = (id: string) => ({ type: 'tool-call', id, name: 'f', input: '' }) as const;
    const events: ChatEvent[] = [
      { type: 'part-start', index: 0, part: call('a') },
      { type: 'part-start', index: 1, part: call('b') },
      { type: 'part-delta', index: 0, text: '{"x"' },
      { type: 'part-delta', index: 1, text: '{}' },
      { type: 'part-delta', index: 0, text: ':1}' },
    ];
    assert.deepEqual(collect(events).parts, [
      { ...call('a'), input: '{"x":1}' },
      { ...call('b'), input: '{}' },
    ]);
  });

  it('merges what a dialect tells of a part in its head, its deltas and its end', () => {
    const events: ChatEvent[] = [
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: 'a', extras: { x: { one: 1 } } } },
      { type: 'part-delta', index: 0, text: 'b', extras: { x: { two: 2 } } },
      { type: 'part-end', index: 0, extras: { x: { one: 3 }, y: { four: 4 } } },
    ];
    assert.deepEqual(collect(events).parts, [
      { type: 'reasoning', text: 'ab', extras: { x: { one: 3, two: 2 }, y: { four: 4 } } },
    ]);
  });

  it('takes the usage of the finish, and else the one told at the start', () => {
    const start: ChatEvent = { type: 'start', id: 'a', model: 'm', usage: { ...usage, output: 0 } };
    assert.equal(collect([start, { type: 'finish', reason: 'stop' }]).usage?.output, 0);
    assert.equal(collect([start, { type: 'finish', reason: 'stop', usage }]).usage?.output, 5);
  });

  it('tells at any time what has come so far', () => {
    const collector = answerCollector();
    assert.deepEqual(collector.answer(), { id: '', model: '', parts: [], reason: 'other' });
    collector.add({ type: 'part-start', index: 0, part: { type: 'text', text: '' } });
    collector.add({ type: 'part-delta', index: 0, text: 'Hel' });
    assert.deepEqual(collector.answer().parts, [{ type: 'text', text: 'Hel' }]);
    collector.add({ type: 'foreign', dialect: 'anthropic', frame: { data: '{}' } });
    collector.add({ type: 'part-delta', index: 0, text: 'lo' });
    assert.deepEqual(collector.answer().parts, [{ type: 'text', text: 'Hello' }]);
  });
});
