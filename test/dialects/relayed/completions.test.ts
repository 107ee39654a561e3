import assert from 'node:assert/strict';
import { noUsage, type ChatAnswer } from '../../../src/chat/chat.ts';
import { answerCollector, eventsOf } from '../../../src/chat/collect.ts';
import { completions } from '../../../src/dialects/relayed/completions.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const outlineOf = (body: JsonObject) => completions.outline({ model: 'code', ...body });

describe('the outline of a completion', () => {
  it('has the limit, and whether to stream and to tell usage', () => {
    const outline = outlineOf({ prompt: 'a', max_tokens: 9, stream: true, stream_options: { include_usage: true } });
    assert.deepEqual([outline.maxOutput, outline.stream, outline.wantsUsage], [9, true, true]);
    assert.equal(outlineOf({ prompt: 'a' }).maxOutput, undefined);
  });

  const cases: readonly (readonly [body: JsonObject, choices: number, why: string])[] = [
    [{ prompt: 'a' }, 1, 'one prompt'],
    [{ prompt: ['a', 'b'] }, 2, 'two prompts'],
    [{ prompt: [11, 12, 13] }, 1, 'one prompt in tokens'],
    [{ prompt: [[11, 12], [13]] }, 2, 'two prompts in tokens'],
    [{ prompt: ['a', 'b'], n: 3 }, 6, 'two prompts, three times each'],
    [{ prompt: 'a', n: 1, best_of: 4 }, 4, 'the best of four, which are all billed'],
  ];
  for (const [body, choices, why] of cases) {
    it(`counts ${why}`, () => assert.equal(outlineOf(body).choices, choices));
  }

  it('wants a model', () => assert.throws(() => completions.outline({ prompt: 'a' }), /model is missing/));
});

describe('a completion', () => {
  const whole: ChatAnswer = {
    id: 'cmpl-1',
    model: 'code',
    created: 1700000000,
    parts: [{ type: 'text', text: 'return 1;' }],
    reason: 'length',
    usage: { ...noUsage, input: 10, output: 5 },
  };

  it('reads as it was written', () => {
    const { raw, ...usage } = completions.readAnswer(completions.writeAnswer(whole)).usage ?? noUsage;
    assert.ok(raw);
    assert.deepEqual(usage, whole.usage);
    assert.deepEqual({ ...completions.readAnswer(completions.writeAnswer(whole)), usage }, whole);
  });

  it('streams as it reads', () => {
    const request = completions.readRequest({ model: 'code', prompt: 'a', stream_options: { include_usage: true } });
    const frames = eventsOf(whole).flatMap(completions.streamWriter(request));
    assert.equal(frames.at(-1)?.data, '[DONE]');
    const collector = answerCollector();
    frames.flatMap(completions.streamReader()).forEach((event) => collector.add(event));
    const { parts, reason, usage } = collector.answer();
    assert.deepEqual([parts, reason, usage?.output], [whole.parts, 'length', 5]);
  });

  it('tells no usage to those who did not ask', () => {
    const write = completions.streamWriter(completions.readRequest({ model: 'code', prompt: 'a' }));
    const frames = eventsOf(whole).flatMap(write);
    assert.ok(frames.every(({ data }) => !data.includes('usage')));
  });

  it('is never made longer than its client wants', () => {
    assert.deepEqual(completions.limitOutput({ max_tokens: 16 }, 100), { max_tokens: 16 });
    assert.deepEqual(completions.limitOutput({ max_tokens: 160 }, 100), { max_tokens: 100 });
    assert.deepEqual(completions.limitOutput({}, 100), { max_tokens: 100 });
  });
});
