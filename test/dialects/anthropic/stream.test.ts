import assert from 'node:assert/strict';
import type { ChatAnswer, ChatEvent, ChatRequest } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure, type FailureKind } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { isArray, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { sseParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { cut, expectGolden, framesOf, readJson, recordings, wireOf } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';

const request: ChatRequest = {
  model: '',
  turns: [],
  tools: [],
  settings: {},
  stream: true,
  wantsUsage: true,
  unknown: [],
};
const readings = readJson('anthropic/expected/own.json');

const read = (frames: readonly SseFrame[]): readonly ChatEvent[] => {
  const reader = anthropic.streamReader();
  return frames.flatMap((frame) => reader(frame));
};
const write = (events: readonly ChatEvent[]): readonly SseFrame[] => {
  const writer = anthropic.streamWriter(request);
  return events.flatMap((event) => writer(event));
};
const frame = (event: JsonObject): SseFrame => ({ event: stringIn(event.type) ?? '', data: JSON.stringify(event) });
const payloads = (frames: readonly SseFrame[]): readonly JsonObject[] =>
  frames.map(({ data }) => objectIn(parseJson(data)));

/** One answer: some recordings hold several, one after another. */
const firstAnswer = (frames: readonly SseFrame[]): readonly SseFrame[] =>
  frames.slice(0, frames.findIndex((candidate) => anthropic.isLast(candidate)) + 1);

/** Without the provider's own usage objects: that of the beginning is written anew, in our own form. */
function withoutRaw<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'raw' ? undefined : member))) as T;
}

/** The independent reading keeps a call that was cut short under a name of its own. */
const withoutUnparsed = (own: JsonObject): JsonObject => ({
  ...own,
  tool_calls: objectsIn(own.tool_calls).map((call) =>
    '__unparsed' in objectIn(call.arguments) ? { ...call, arguments: undefined } : call,
  ),
});

describe('anthropic stream', () => {
  for (const name of recordings('anthropic', '.chunks.txt', '.sse')) {
    const file = name.slice('anthropic/'.length);
    const frames = firstAnswer(framesOf(name));
    const events = read(frames);

    it(`reads ${file}`, () => expectGolden(`anthropic/expected/${file}.events.json`, events));

    it(`reads ${file} as an independent reading does`, () =>
      assertReads(collect(events), withoutUnparsed(objectIn(readings[file]))));

    it(`writes ${file} back without loss`, () => {
      const written = write(events);
      assert.deepEqual(withoutRaw(read(written)), withoutRaw(events));
      assert.deepEqual(payloads(written).at(-2)?.usage, collect(events).usage?.raw);
    });

    it(`reads ${file} the same however its bytes are cut`, () => {
      const bytes = wireOf(frames);
      const everywhere = Array.from(bytes.keys()).slice(1);
      assert.deepEqual(read(cut(sseParser(), bytes, everywhere)), events);
      assert.deepEqual(
        read(
          cut(
            sseParser(),
            bytes,
            everywhere.filter((at) => at % 7 === 0),
          ),
        ),
        events,
      );
    });

    it(`knows the finish and the usage of ${file} from the frames with a sign alone`, () => {
      const signed = frames.filter(({ data }) => anthropic.signs.some((sign) => data.includes(sign)));
      const seen = read(signed);
      assert.ok(signed.length < frames.length / 2);
      assert.deepEqual(collect(seen).usage, collect(events).usage);
      assert.deepEqual(seen.at(-1), events.at(-1));
    });

    it(`makes of ${file} the same answer in one piece`, () => {
      const answer = collect(events);
      const body = anthropic.writeAnswer(answer);
      assert.deepEqual(withWholeInput(anthropic.readAnswer(body)), withWholeInput(answer));
      assert.deepEqual(withoutRaw(collect(read(write(eventsOf(answer))))), withoutRaw(answer));
    });
  }

  /** In one piece a call's input is an object: its white space, and what is no object, is gone. */
  const withWholeInput = (answer: ChatAnswer): ChatAnswer => ({
    ...answer,
    parts: answer.parts.map((part) => (part.type === 'tool-call' ? { ...part, input: compact(part.input) } : part)),
  });
  const compact = (input: string): string => {
    const value = input === '' ? {} : (parseJson(input) ?? { __unparsed: input });
    return Object.keys(objectIn(value)).length === 0 ? '' : JSON.stringify(value);
  };

  it('reads a stream as it reads the same answer in one piece', () => {
    const streamed = collect(read(framesOf('anthropic/anthropic-tool-no-args.chunks.txt')));
    const whole = anthropic.readAnswer(readJson('anthropic/anthropic-tool-no-args.json'));
    const shape = (answer: ChatAnswer): unknown =>
      answer.parts.map((part) => (part.type === 'tool-call' ? { ...part, id: '' } : part.type));
    assert.deepEqual(shape(streamed), shape(whole));
    assert.equal(streamed.reason, whole.reason);
    assert.deepEqual(streamed.extras, whole.extras);
  });

  it('reads a second message that a proxy puts behind a first that broke off', () => {
    const events = read(framesOf('anthropic/spliced-message-start.chunks.txt'));
    assert.equal(events.filter((event) => event.type === 'start').length, 1);
    const indices = events.flatMap((event) => (event.type === 'part-start' ? [event.index] : []));
    assert.deepEqual(indices, [0, 1, 2, 3]);
    const ends = events.flatMap((event) => (event.type === 'part-end' ? [event.index] : []));
    assert.deepEqual(ends, [0, 1, 2, 3]);
  });

  it('adds up the rounds of a call that are billed', () => {
    const { usage } = collect(read(framesOf('anthropic/anthropic-advisor-20250301.1.chunks.txt')));
    assert.equal(usage?.input, 1051 + 2728 + 3676);
    assert.equal(usage.output, 35 + 3880 + 3356);
  });

  it('counts searches, and cache writes that grew after the beginning', () => {
    const searched = collect(read(framesOf('anthropic/pai-test_anthropic_model_web_search_tool_stream.0.sse')));
    assert.equal(searched.usage?.searches, 2);
    const cached = collect(
      read(firstAnswer(framesOf('anthropic/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt'))),
    );
    assert.equal(cached.usage?.cacheWrite, 3337);
    assert.equal(cached.usage.cacheRead, 6289);
  });

  it('takes an input that comes whole with the start of its block', () => {
    const block = { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } };
    const start = frame({ type: 'content_block_start', index: 0, content_block: block });
    const delta = frame({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{}' },
    });
    const stop = frame({ type: 'content_block_stop', index: 0 });
    const inputOf = (frames: readonly SseFrame[]): unknown =>
      collect(read(frames)).parts.map((part) => (part.type === 'tool-call' ? part.input : undefined));
    assert.deepEqual(inputOf([start, stop]), ['{"a":1}']);
    assert.deepEqual(inputOf([start, delta, stop]), ['{}']);
  });

  it('finishes once, when usage comes on its own before the reason or after it', () => {
    const usage = frame({ type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 7 } });
    const reason = frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' } });
    const begin = frame({ type: 'message_start', message: { id: 'm', model: 'c', usage: { input_tokens: 3 } } });
    const end = frame({ type: 'message_stop' });
    for (const frames of [
      [begin, usage, reason, end],
      [begin, reason, usage, end],
    ]) {
      assert.equal(read(frames).filter((event) => event.type === 'finish').length, 1);
    }
    const finish = read([begin, usage, reason, end]).at(-1);
    assert.equal(finish?.type === 'finish' && finish.usage?.output, 7);
    assert.deepEqual(read([begin, end]).at(-1)?.type, 'finish');
  });

  it('has no finish when the stream was cut short', () => {
    const frames = framesOf('anthropic/anthropic-clear-thinking.1.chunks.txt').slice(0, 8);
    assert.ok(!read(frames).some((event) => event.type === 'finish'));
  });

  it('throws the error that comes in a stream', () => {
    const refusal = readJson('anthropic/errors/anthropic-200-stream-overloaded.json');
    const frames = cut(sseParser(), new TextEncoder().encode(stringIn(refusal.stream_body)));
    assert.throws(
      () => read(frames),
      (thrown) => thrown instanceof Failure && thrown.kind === 'provider-overloaded' && thrown.message === 'Overloaded',
    );
    assert.ok(
      frames.some(({ data }) => data.includes('overloaded') && anthropic.signs.some((sign) => data.includes(sign))),
    );
  });

  it('throws for a frame that is no JSON', () => {
    assert.throws(
      () => read([{ event: 'message_start', data: '{"type":' }]),
      (thrown) => thrown instanceof Failure && thrown.kind === 'provider-nonsense',
    );
  });

  it('knows its last frame by its name, and by its data where names are missing', () => {
    assert.ok(anthropic.isLast({ event: 'message_stop', data: '{"type":"message_stop"}' }));
    assert.ok(anthropic.isLast({ data: '{"type": "message_stop"}' }));
    assert.ok(!anthropic.isLast({ event: 'content_block_delta', data: '{"text":"message_stop"}' }));
  });
});

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt' };
const text = (index: number): ChatEvent => ({ type: 'part-start', index, part: { type: 'text', text: '' } });
const call = (index: number): ChatEvent => ({
  type: 'part-start',
  index,
  part: { type: 'tool-call', id: `call_${index}`, name: 'f', input: '' },
});
const delta = (index: number, piece: string): ChatEvent => ({ type: 'part-delta', index, text: piece });
const end = (index: number): ChatEvent => ({ type: 'part-end', index });
const usage = { input: 10, cacheRead: 5, cacheWrite: 2, cacheWrite1h: 1, output: 9, reasoning: 4 };
const finish: ChatEvent = { type: 'finish', reason: 'tool-calls', usage };

describe('anthropic stream for its clients', () => {
  it('has the text of a tool that takes no JSON as JSON, wherever it was cut', () => {
    const extras = { 'openai-responses': { type: 'custom_tool_call' } };
    const part = { type: 'tool-call', id: 'a', name: 'sql', input: '', extras } as const;
    const [high, low] = ['\ud83d', '\ude00'];
    const frames = write([
      { type: 'start', id: 'msg_1', model: 'm' },
      { type: 'part-start', index: 0, part },
      ...['SELECT "', high, low, '"\n'].map((text) => ({ type: 'part-delta', index: 0, text }) as const),
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    const json = payloads(frames).map(({ delta }) => stringIn(objectIn(delta).partial_json) ?? '');
    assert.deepEqual(parseJson(json.join('')), { __unparsed: 'SELECT "\ud83d\ude00"\n' });
  });

  /** `start 0 text`, `delta 0`, `stop 0`, for every frame. */
  const outlineOf = (events: readonly ChatEvent[]): readonly string[] =>
    payloads(write(events)).map((event) => {
      const words = [event.type, numberIn(event.index)?.toString(), objectIn(event.content_block).type];
      return words.filter((word) => typeof word === 'string').join(' ');
    });

  it('puts one block after another, although the parts came mixed', () => {
    const events = [
      start,
      text(0),
      delta(0, 'Hi'),
      call(1),
      call(2),
      delta(1, '{}'),
      delta(2, '[]'),
      end(0),
      end(1),
      finish,
    ];
    assert.deepEqual(outlineOf(events), [
      'message_start',
      'content_block_start 0 text',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1 tool_use',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2 tool_use',
      'content_block_delta 2',
      'content_block_stop 2',
      'message_delta',
      'message_stop',
    ]);
  });

  it('names every frame as its data does', () => {
    for (const { event, data } of write([start, text(0), delta(0, 'Hi'), end(0), finish])) {
      assert.equal(event, objectIn(parseJson(data)).type);
    }
  });

  it('leaves out empty text, and parts that have no block', () => {
    const image: ChatEvent = { type: 'part-start', index: 1, part: { type: 'media', kind: 'image', data: 'AAAA' } };
    const events = [start, text(0), end(0), image, delta(1, 'AA'), end(1), call(2), end(2), finish];
    assert.deepEqual(outlineOf(events).slice(1, 3), ['content_block_start 0 tool_use', 'content_block_stop 0']);
  });

  it('tells the whole usage at the beginning and at the end', () => {
    const [begin] = payloads(write([{ ...start, usage }]));
    const { cache_creation, ...counts } = objectIn(objectIn(begin?.message).usage);
    assert.deepEqual(cache_creation, { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 });
    assert.deepEqual(counts, {
      input_tokens: 10,
      cache_creation_input_tokens: 3,
      cache_read_input_tokens: 5,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    });
    const [, last] = payloads(write([start, finish]));
    assert.deepEqual(last?.usage, { ...counts, cache_creation });
    assert.deepEqual(last.delta, { stop_reason: 'tool_use', stop_sequence: null });
  });

  it('repeats at the end the usage of the beginning when no other is known', () => {
    const last = payloads(
      write([
        { ...start, usage },
        { type: 'finish', reason: 'stop' },
      ]),
    ).at(-2);
    assert.equal(objectIn(last?.usage).input_tokens, 10);
  });

  it('tells the stop sequence', () => {
    const last = payloads(write([start, { type: 'finish', reason: 'stop', stopSequence: 'END' }])).at(-2);
    assert.deepEqual(last?.delta, { stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });

  it('signs thinking just before its block ends', () => {
    const events: ChatEvent[] = [
      start,
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
      delta(0, 'Hm.'),
      { type: 'part-end', index: 0, extras: { anthropic: { signature: 'c2ln' } } },
      finish,
    ];
    const written = payloads(write(events));
    assert.deepEqual(
      written.slice(1, 5).map((event) => event.delta ?? event.type),
      [
        'content_block_start',
        { type: 'thinking_delta', thinking: 'Hm.' },
        { type: 'signature_delta', signature: 'c2ln' },
        'content_block_stop',
      ],
    );
  });

  it('carries what another dialect must get back with its reasoning in the signature', () => {
    const extras = { 'openai-responses': { encrypted_content: 'gAAA', id: 'rs_1' } };
    const part = { type: 'reasoning', text: '' } as const;
    const written = write([
      start,
      { type: 'part-start', index: 0, part },
      { type: 'part-end', index: 0, extras },
      finish,
    ]);
    const [block] = payloads(written).flatMap((event) => objectIn(event.delta).signature ?? []);
    const { turns } = anthropic.readRequest({
      model: 'm',
      messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: block ?? '' }] }],
    });
    assert.deepEqual(turns[0]?.parts, [{ type: 'reasoning', text: '', extras }]);
  });

  it('writes citations of other providers as search results', () => {
    const citation = { url: 'https://a.example', title: 'A', quote: 'q' };
    const written = payloads(write([start, text(0), { type: 'citation', index: 0, citation }, end(0), finish]));
    assert.deepEqual(objectIn(written[2]?.delta).citation, {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      cited_text: 'q',
      encrypted_index: '',
    });
  });

  it('makes an id where the provider gives none, unlike every time', () => {
    const ids = [1, 2].map(() => objectIn(payloads(write([{ type: 'start', id: '', model: 'm' }]))[0]?.message).id);
    assert.match(stringIn(ids[0]) ?? '', /^msg_[0-9a-f]{32}$/);
    assert.notEqual(ids[0], ids[1]);
  });

  it('does not pass on what only another dialect knows', () => {
    assert.deepEqual(write([{ type: 'foreign', dialect: 'gemini', frame: { data: '{}' } }]), []);
  });

  it('ends with the word at which clients try again, where another try may help', () => {
    const typeOf = (kind: FailureKind) =>
      objectIn(objectIn(parseJson(anthropic.writeStreamFailure(new Failure(kind, 'No.'))[0]?.data ?? '')).error).type;
    assert.equal(typeOf('provider-unreachable'), 'overloaded_error');
    assert.equal(typeOf('provider-error'), 'overloaded_error');
    assert.equal(typeOf('provider-nonsense'), 'api_error');
    assert.equal(typeOf('budget-exceeded'), 'budget_exceeded');
  });

  it('ends a stream that failed with an error event alone', () => {
    const frames = anthropic.writeStreamFailure(new Failure('provider-overloaded', 'Too busy.'));
    assert.deepEqual(
      frames.map((failed) => failed.event),
      ['error'],
    );
    assert.equal(isArray(frames) && objectIn(payloads(frames)[0]?.error).type, 'overloaded_error');
  });
});
