import assert from 'node:assert/strict';
import { noUsage, type ChatEvent } from '../../src/chat/chat.ts';
import { meter } from '../../src/gateway/meter.ts';

describe('a meter', () => {
  const textStart: ChatEvent = { type: 'part-start', index: 0, part: { type: 'text', text: '' } };

  it('keeps the text, the reasoning and the calls, which are all output', () => {
    const seen = meter();
    const call = { type: 'tool-call', id: 'c', name: 'weather', input: '' } as const;
    const events: ChatEvent[] = [
      textStart,
      { type: 'part-delta', index: 0, text: 'Hello' },
      { type: 'part-start', index: 1, part: { type: 'reasoning', text: 'Hm. ' } },
      { type: 'part-start', index: 2, part: call },
      { type: 'part-delta', index: 2, text: '{}' },
    ];
    events.forEach(seen.see);
    assert.equal(seen.text, 'HelloHm. weather{}');
    assert.equal(seen.finished, false);
  });

  it('keeps the usage that came last, and what was said at the start until then', () => {
    const seen = meter();
    seen.see({ type: 'start', id: '', model: '', usage: { ...noUsage, input: 7 } });
    assert.equal(seen.usage?.input, 7);
    seen.see({ type: 'finish', reason: 'stop' });
    assert.equal(seen.usage.input, 7);
    seen.see({ type: 'finish', reason: 'stop', usage: { ...noUsage, input: 8, output: 2 } });
    assert.deepEqual([seen.usage.input, seen.usage.output, seen.finished], [8, 2, true]);
  });
});
