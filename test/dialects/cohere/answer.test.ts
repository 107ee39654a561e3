import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/chat/chat.ts';
import { collect } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { cohere } from '../../../src/dialects/cohere/cohere.ts';
import { numberIn, objectIn, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { lineParser, sseParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { costOf } from '../../../src/pricing/cost.ts';
import { cut, expectGolden, framesOf, readJson, readText, recordings, wireOf } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';

const readings = readJson('cohere/expected/own.json');

function read(frames: readonly SseFrame[]): readonly ChatEvent[] {
  const reader = cohere.streamReader();
  return frames.flatMap((frame) => reader(frame));
}

/** The frames in which Cohere would have streamed a whole answer. */
function framesOfAnswer({ id, message, finish_reason, usage }: JsonObject): readonly SseFrame[] {
  const { content, tool_plan, tool_calls, citations } = objectIn(message);
  const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);
  const delta = (inside: JsonObject) => ({ delta: { message: inside } });
  const events = [
    { type: 'message-start', id, ...delta({ role: 'assistant' }) },
    ...(tool_plan === undefined ? [] : [{ type: 'tool-plan-delta', ...delta({ tool_plan }) }]),
    ...list(content).flatMap((block, index) => [
      { type: 'content-start', index, ...delta({ content: { type: block.type, text: '' } }) },
      { type: 'content-delta', index, ...delta({ content: { text: block.text } }) },
      { type: 'content-end', index },
    ]),
    ...list(citations).map((citation, index) => ({ type: 'citation-start', index, ...delta({ citations: citation }) })),
    ...list(tool_calls).flatMap((call, index) => [
      {
        type: 'tool-call-start',
        index,
        ...delta({ tool_calls: { ...call, function: { name: objectIn(call.function).name, arguments: '' } } }),
      },
      {
        type: 'tool-call-delta',
        index,
        ...delta({ tool_calls: { function: { arguments: objectIn(call.function).arguments } } }),
      },
      { type: 'tool-call-end', index },
    ]),
    { type: 'message-end', delta: { finish_reason, usage } },
  ];
  return events.map((event) => ({ event: event.type, data: JSON.stringify(event) }));
}

const eventsOf = (name: string): readonly ChatEvent[] =>
  read(name.endsWith('.json') ? framesOfAnswer(readJson(name)) : framesOf(name));

describe('cohere answer', () => {
  it("is the error that it says to be, in Cohere's words", () => {
    const said = { id: 'x', message: 'The model broke down.' };
    assert.throws(() => cohere.readAnswer(said), { kind: 'provider-error', message: 'The model broke down.' });
  });

  for (const name of recordings('cohere')) {
    const file = name.slice('cohere/'.length);
    const answer = name.endsWith('.json') ? cohere.readAnswer(readJson(name)) : collect(eventsOf(name));

    it(`reads ${file}`, () => expectGolden(`cohere/expected/${file}.events.json`, eventsOf(name)));

    it(`reads ${file} as an independent reading does, the plan for its calls as reasoning`, () => {
      const own = objectIn(readings[file]);
      const reasoning = stringIn(own.reasoning) || stringIn(own.tool_plan) || '';
      assertReads(answer, { ...own, reasoning });
      const billed = objectIn(own.usage_billed);
      assert.deepEqual(answer.usage?.billed, { input: billed.prompt_tokens, output: billed.completion_tokens });
    });
  }

  for (const name of recordings('cohere', '.json')) {
    it(`reads ${name} as it reads the same answer in a stream`, () =>
      assert.deepEqual(collect(eventsOf(name)), cohere.readAnswer(readJson(name))));
  }

  for (const name of recordings('cohere', '.chunks.txt')) {
    const frames = framesOf(name);

    it(`reads ${name} the same however its bytes are cut, as events and as lines`, () => {
      const expected = read(frames);
      const [events, lines] = [wireOf(frames), new TextEncoder().encode(readText(name))];
      for (let at = 1; at < events.length; at++)
        assert.deepEqual(read(cut(sseParser(), events, [at])), expected, String(at));
      for (let at = 1; at < lines.length; at++)
        assert.deepEqual(read(cut(lineParser(), lines, [at])), expected, String(at));
    });

    it(`knows the last frame of ${name}, and only that, as the last`, () => {
      const last = frames.map((_, index) => index === frames.length - 1);
      assert.deepEqual(
        frames.map((frame) => cohere.isLast(frame)),
        last,
      );
      assert.deepEqual(
        frames.map(({ data }) => cohere.isLast({ data })),
        last,
      );
    });

    it(`knows the usage of ${name} from the frames with a sign alone`, () => {
      const signed = frames.filter(({ data }) => cohere.signs.some((sign) => data.includes(sign)));
      assert.equal(signed.length, 1);
      assert.deepEqual(collect(read(signed)).usage, collect(read(frames)).usage);
    });
  }

  it('costs what Cohere bills, not what it counts: its own preamble is free', () => {
    const { usage } = cohere.readAnswer(readJson('cohere/cohere-max-tokens.json'));
    assert.ok(usage);
    // 11 and 4 billed at $2.50 and $10 per million, of 506 and 5 tokens.
    assert.equal(costOf(usage, { input: 2_500_000, output: 10_000_000, source: 'genai-prices' }), 67_500);
  });

  it('cites each source of a passage, in the text that it stands in', () => {
    const citation = {
      start: 3,
      end: 6,
      text: 'sea',
      content_index: 1,
      sources: [
        { type: 'document', id: 'doc:0', document: { url: 'https://a.example', title: 'A', text: 'Seas.' } },
        { type: 'tool', id: 'call:0', tool_output: { depth: '3' } },
      ],
    };
    const answer = cohere.readAnswer({
      message: {
        content: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'text', text: 'The sea.' },
        ],
        citations: [citation],
      },
      finish_reason: 'COMPLETE',
    });
    const extras = { cohere: citation };
    assert.deepEqual(answer.parts[1], {
      type: 'text',
      text: 'The sea.',
      citations: [
        { url: 'https://a.example', title: 'A', quote: 'Seas.', start: 3, end: 6, extras },
        { title: 'call:0', start: 3, end: 6, extras },
      ],
    });
  });

  it('takes the input "null" for none, but not a null within an input', () => {
    const call = (input: string) => ({ id: 'c', type: 'function', function: { name: 'f', arguments: input } });
    const body = { message: { tool_calls: [call('null'), call('{"a":null}')] }, finish_reason: 'TOOL_CALL' };
    const inputs = ['', '{"a":null}'];
    const inputsOf = ({ parts }: ReturnType<typeof collect>) =>
      parts.map((part) => part.type === 'tool-call' && part.input);
    assert.deepEqual(inputsOf(cohere.readAnswer(body)), inputs);
    const event = (type: string, tool_calls: JsonObject): SseFrame => ({
      data: JSON.stringify({ type, delta: { message: { tool_calls } } }),
    });
    const pieces = (...texts: readonly string[]) => [
      event('tool-call-start', call('')),
      ...texts.map((text) => event('tool-call-delta', { function: { arguments: text } })),
    ];
    const frames = [...pieces('null'), ...pieces('{"a":', 'null', '}')];
    assert.deepEqual(inputsOf(collect(read([...frames, { data: '{"type":"message-end","delta":{}}' }]))), inputs);
  });

  it('has no finish when the stream was cut short', () => {
    const [start] = framesOf('cohere/cohere-reasoning.chunks.txt');
    assert.ok(start);
    assert.ok(!read([start, { data: '[DONE]' }]).some((event) => event.type === 'finish'));
  });
});

describe('cohere failure', () => {
  const refusals: readonly (readonly [string, FailureKind, number])[] = [
    ['cohere-401-token', 'provider-key-refused', 401],
    ['cohere-429-trial', 'provider-rate-limited', 429],
  ];
  for (const [name, kind, status] of refusals) {
    it(`reads ${name}`, () => {
      const recorded = readJson(`errors/${name}.json`);
      const body = objectIn(recorded.body);
      const refusal = { status: numberIn(recorded.status) ?? 0, headers: {}, body: JSON.stringify(body) };
      const failure = cohere.readRefusal(refusal);
      assert.deepEqual([failure.kind, failure.status, failure.message], [kind, status, body.message]);
    });
  }

  const throws = (frame: SseFrame, kind: FailureKind, message: RegExp): void =>
    assert.throws(
      () => cohere.streamReader()(frame),
      (thrown) => thrown instanceof Failure && thrown.kind === kind && message.test(thrown.message),
    );
  const end = (delta: JsonObject): SseFrame => ({ data: JSON.stringify({ type: 'message-end', delta }) });

  it('is how a broken answer ends', () => {
    throws(end({ finish_reason: 'ERROR', error: 'out of luck' }), 'provider-error', /out of luck/);
    throws(end({ finish_reason: 'ERROR' }), 'provider-error', /broke the answer off/);
    throws(end({ finish_reason: 'TIMEOUT' }), 'provider-timeout', /too long/);
  });

  it('comes in the middle of a stream, as JSON or not', () => {
    throws({ data: '{"id":"x","message":"internal server error"}' }, 'provider-error', /internal server error/);
    throws({ data: '<html>' }, 'provider-nonsense', /not a JSON object/);
    assert.throws(() => cohere.readAnswer({ id: 'x' }), Failure);
  });
});
