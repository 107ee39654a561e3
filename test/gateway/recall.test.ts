import assert from 'node:assert/strict';
import type { ChatEvent, ChatRequest, Part, Turn } from '../../src/chat/chat.ts';
import { recall, recallCollector } from '../../src/gateway/recall.ts';

const signed: Part = { type: 'reasoning', text: 'Look.', extras: { anthropic: { signature: 'signed' } } };
const text: Part = { type: 'text', text: 'I look.' };
const call = (id: string, extras?: Part['extras'], input = '{"town":"Brest"}'): Part => ({
  type: 'tool-call',
  id,
  name: 'weather',
  input,
  ...(extras && { extras }),
});
const thought = { gemini: { thoughtSignature: 'c2lnbmVk' } };

const request = (...parts: readonly Part[]): ChatRequest => ({
  model: 'm',
  turns: [
    { role: 'user', parts: [{ type: 'text', text: 'Rain?' }] },
    { role: 'assistant', parts },
  ],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
});
const partsOf = ({ turns }: { readonly turns: readonly Turn[] }): readonly Part[] | undefined => turns[1]?.parts;

describe('recall', () => {
  it('gives a call its signature back', () => {
    const memory = recall();
    memory.remember('a', [call('1', thought)]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('1')))), [call('1', thought)]);
  });

  it("puts reasoning that was lost at the turn's beginning, and later reasoning before its own call", () => {
    const later: Part = { type: 'reasoning', text: 'And there.' };
    const memory = recall();
    memory.remember('a', [signed, text, call('1'), later, call('2')]);
    assert.deepEqual(partsOf(memory.filled('a', request(text, call('1'), call('2')))), [
      signed,
      text,
      call('1'),
      later,
      call('2'),
    ]);
  });

  it('replaces reasoning that came back without its signature', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1')]);
    const unsigned: Part = { type: 'reasoning', text: 'Look.' };
    assert.deepEqual(partsOf(memory.filled('a', request(unsigned, call('1')))), [signed, call('1')]);
  });

  it('leaves a request alone that has lost nothing', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1', thought)]);
    const whole = request(signed, call('1', thought));
    assert.equal(memory.filled('a', whole), whole);
    const other = request(
      { type: 'reasoning', text: 'Mine.', extras: { gemini: { thoughtSignature: 'x' } } },
      call('9'),
    );
    assert.equal(memory.filled('a', other), other);
  });

  it('never tells one caller what another got', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1', thought)]);
    const asked = request(call('1'));
    assert.equal(memory.filled('b', asked), asked);
  });

  it('does not take a call for another that has the same id', () => {
    const memory = recall();
    memory.remember('a', [signed, call('functions.weather:0')]);
    const asked = request(call('functions.weather:0', undefined, '{"town":"Lorient"}'));
    assert.equal(memory.filled('a', asked), asked);
    const respelt = request(call('functions.weather:0', undefined, '{ "town": "Brest" }'));
    assert.equal(partsOf(memory.filled('a', respelt))?.[0], signed);
  });

  it('forgets the call that was used longest ago when it holds too many', () => {
    const memory = recall({ calls: 2, size: 1_000_000 });
    for (const id of ['1', '2']) memory.remember('a', [call(id, thought)]);
    memory.filled('a', request(call('1'))); // used again
    memory.remember('a', [call('3', thought)]);
    const filled = partsOf(memory.filled('a', request(call('1'), call('2'), call('3'))));
    assert.deepEqual(
      filled?.map(({ extras }) => extras),
      [thought, undefined, thought],
    );
  });

  it('holds no more characters than it may', () => {
    const memory = recall({ calls: 100, size: 1_000 });
    const long: Part = { type: 'reasoning', text: 'x'.repeat(600) };
    memory.remember('a', [long, call('1')]);
    memory.remember('a', [long, call('2')]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('1')))), [call('1')]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('2')))), [long, call('2')]);
    memory.remember('a', [long, call('2')]); // the same call again does not count twice
    assert.deepEqual(partsOf(memory.filled('a', request(call('2')))), [long, call('2')]);
  });

  it('collects from events what it needs, and no text', () => {
    const collector = recallCollector();
    const events: readonly ChatEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
      { type: 'part-delta', index: 0, text: 'Look.' },
      { type: 'part-end', index: 0, extras: { anthropic: { signature: 'signed' } } },
      { type: 'part-start', index: 1, part: { type: 'text', text: '' } },
      { type: 'part-delta', index: 1, text: 'I look.' },
      { type: 'part-end', index: 1 },
      { type: 'part-start', index: 2, part: { type: 'tool-call', id: '1', name: 'weather', input: '' } },
      { type: 'part-delta', index: 2, text: '{"town":"Brest"}' },
      { type: 'part-end', index: 2 },
    ];
    events.forEach(collector.see);
    assert.deepEqual(collector.parts(), [signed, call('1')]);
  });
});
