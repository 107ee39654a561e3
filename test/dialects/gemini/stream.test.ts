import assert from 'node:assert/strict';
import type { ChatAnswer, ChatEvent, ChatRequest } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { isObject, objectIn, parseJson } from '../../../src/lib/json.ts';
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
const readings = readJson('gemini/expected/own.json');

/** The frames' events, and those of the end of the stream. */
function read(frames: readonly SseFrame[]): readonly ChatEvent[] {
  const reader = gemini.streamReader();
  return withPlainIds([...frames, { data: '[DONE]' }].flatMap((frame) => reader(frame)));
}
const write = (events: readonly ChatEvent[]): readonly SseFrame[] => {
  const writer = gemini.streamWriter(request);
  return events.flatMap((event) => writer(event));
};
const chunk = (parts: readonly JsonObject[], more: JsonObject = {}): SseFrame => ({
  data: JSON.stringify({
    candidates: [{ content: { role: 'model', parts } }],
    responseId: 'r1',
    modelVersion: 'm',
    ...more,
  }),
});
const last = (more: JsonObject = {}): SseFrame => ({
  data: JSON.stringify({ candidates: [{ finishReason: 'STOP' }], ...more }),
});

/** Ids that we make up are random: numbered, they can be compared. */
function withPlainIds<T>(value: T): T {
  const seen: string[] = [];
  const text = JSON.stringify(value).replace(/call_[0-9a-f]{24}/g, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `made-up-${seen.indexOf(id) + 1}`;
  });
  return JSON.parse(text) as T;
}

/** What a Gemini stream cannot say at its beginning: when it began, and usage. */
const withoutHead = (events: readonly ChatEvent[]): readonly ChatEvent[] =>
  events.map((event) => (event.type === 'start' ? { type: 'start', id: event.id, model: event.model } : event));

describe('gemini stream', () => {
  for (const name of recordings('gemini')) {
    const file = name.slice('gemini/'.length);
    const frames = framesOf(name);
    const events = read(frames);

    it(`reads ${file}`, () => expectGolden(`gemini/expected/${file}.events.json`, events));

    it(`reads ${file} as an independent reading does`, () => {
      const own = objectIn(readings[file]);
      // A call that was not offered is a call all the same; OpenAI has no word for the case.
      const finish = own['finish_reason'] === 'UNEXPECTED_TOOL_CALL' ? 'tool_calls' : own['finish_reason'];
      assertReads(collect(events), own, finish);
    });

    it(`writes ${file} back without loss`, () => {
      assert.deepEqual(collect(read(write(events))), collect(withoutHead(events)));
      assert.deepEqual(
        read(write(events)).filter((event) => event.type === 'foreign'),
        events.filter((event) => event.type === 'foreign'),
      );
    });

    it(`reads ${file} the same however its bytes are cut`, () => {
      const bytes = wireOf(frames.map(({ data }) => ({ data: JSON.stringify(parseJson(data)) })));
      const step = Math.max(1, Math.floor(bytes.length / 500));
      const whole = cut(sseParser(), bytes);
      for (let at = 1; at < bytes.length; at += step) assert.deepEqual(cut(sseParser(), bytes, [at]), whole);
      assert.deepEqual(read(whole), events);
    });

    it(`knows the finish and the usage of ${file} from the frames with a sign alone`, () => {
      const signed = frames.filter(({ data }) => gemini.signs.some((sign) => data.includes(sign)));
      assert.deepEqual(collect(read(signed)).usage, collect(events).usage);
      assert.notEqual(read(signed).at(-1)?.type, undefined);
      assert.equal(read(signed).at(-1)?.type, 'finish');
    });

    it(`makes of ${file} the same answer in one piece`, () => {
      const answer = collect(events);
      assert.deepEqual(withoutCreated(gemini.readAnswer(gemini.writeAnswer(answer))), withoutCreated(answer));
      assert.deepEqual(withoutCreated(collect(read(write(eventsOf(answer))))), withoutCreated(answer));
    });
  }

  const withoutCreated = (answer: ChatAnswer) => ({ ...answer, created: undefined });

  it('reads a whole answer as it reads the same answer in a stream', () => {
    for (const name of recordings('gemini', '.json')) {
      assert.deepEqual(withPlainIds(gemini.readAnswer(readJson(name))), collect(read(framesOf(name))));
    }
  });

  it('does not end where a chunk says STOP and more chunks follow', () => {
    const stop = { candidates: [{ content: { parts: [{ text: 'Hel' }] }, finishReason: 'STOP' }] };
    const events = read([{ data: JSON.stringify(stop) }, chunk([{ text: 'lo' }]), last()]);
    assert.deepEqual(collect(events).parts, [{ type: 'text', text: 'Hello' }]);
    assert.equal(events.filter((event) => event.type === 'finish').length, 1);
  });

  it('has no finish when the stream was cut short', () => {
    assert.ok(!read([chunk([{ text: 'Hel' }])]).some((event) => event.type === 'finish'));
  });

  it('takes the last usage that has counts', () => {
    const events = read([
      chunk([{ text: 'a' }], { usageMetadata: { promptTokenCount: 169 } }),
      last({ usageMetadata: { promptTokenCount: 79, candidatesTokenCount: 12 } }),
      chunk([], { usageMetadata: { trafficType: 'ON_DEMAND' } }),
    ]);
    assert.equal(collect(events).usage?.input, 79);
    assert.equal(collect(events).usage?.output, 12);
  });

  it('keeps a signed part apart from the text that follows', () => {
    const { parts } = collect(read([chunk([{ text: 'A', thoughtSignature: 's1' }]), chunk([{ text: 'B' }]), last()]));
    assert.deepEqual(parts, [
      { type: 'text', text: 'A', extras: { gemini: { thoughtSignature: 's1' } } },
      { type: 'text', text: 'B' },
    ]);
  });

  it('keeps a signature that comes alone after a call', () => {
    const call = { functionCall: { name: 'f', args: {} } };
    const { parts } = collect(read([chunk([call, { text: '', thoughtSignature: 's1' }]), last()]));
    assert.deepEqual(parts.at(-1), { type: 'text', text: '', extras: { gemini: { thoughtSignature: 's1' } } });
  });

  it('gives calls without an id one of their own, unlike in every turn', () => {
    const ids = [1, 2].flatMap(() => {
      const reader = gemini.streamReader();
      const call = { functionCall: { name: 'f', args: {} } };
      return reader(chunk([call, call])).flatMap((event) =>
        event.type === 'part-start' && event.part.type === 'tool-call' ? [event.part.id] : [],
      );
    });
    assert.equal(new Set(ids).size, 4);
    for (const id of ids) assert.match(id, /^[\w-]{1,40}$/);
  });

  it('reads a blocked prompt as filtered', () => {
    const answer = gemini.readAnswer({
      promptFeedback: { blockReason: 'OTHER' },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
    });
    assert.equal(answer.reason, 'content-filter');
    assert.equal(answer.usage?.input, 7);
    assert.deepEqual(gemini.writeAnswer(answer)['promptFeedback'], { blockReason: 'OTHER' });
  });

  it('throws the error that comes in a stream, alone or in a list', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    for (const body of [error, [error]]) {
      assert.throws(
        () => gemini.streamReader()({ data: JSON.stringify(body) }),
        (thrown) =>
          thrown instanceof Failure && thrown.kind === 'provider-overloaded' && /overloaded/.test(thrown.message),
      );
    }
  });

  it('throws for a chunk that is no JSON', () => {
    assert.throws(
      () => gemini.streamReader()({ data: '{"candidates":[' }),
      (thrown) => thrown instanceof Failure && thrown.kind === 'provider-nonsense',
    );
  });

  it('writes a call whole once its input is complete', () => {
    const writer = gemini.streamWriter(request);
    const part = { type: 'tool-call', id: 'c1', name: 'f', input: '' } as const;
    assert.deepEqual(writer({ type: 'part-start', index: 0, part }), []);
    assert.deepEqual(writer({ type: 'part-delta', index: 0, text: '{"a":' }), []);
    assert.deepEqual(writer({ type: 'part-delta', index: 0, text: '1}' }), []);
    const [frame] = writer({ type: 'part-end', index: 0 });
    const written = parseJson(frame?.data ?? '');
    assert.ok(isObject(written));
    assert.deepEqual(written['candidates'], [
      { content: { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'f', args: { a: 1 } } }] }, index: 0 },
    ]);
  });

  it('writes usage of another provider in Google’s terms', () => {
    const usage = { input: 10, cacheRead: 5, cacheWrite: 2, cacheWrite1h: 0, output: 9, reasoning: 4 };
    const [frame] = write([{ type: 'finish', reason: 'length', usage }]);
    const written = objectIn(parseJson(frame?.data ?? ''));
    assert.deepEqual(written['usageMetadata'], {
      promptTokenCount: 17,
      cachedContentTokenCount: 5,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 4,
      totalTokenCount: 26,
    });
  });
});
