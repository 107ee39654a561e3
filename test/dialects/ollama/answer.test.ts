import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/chat/chat.ts';
import { collect } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { ollama } from '../../../src/dialects/ollama/ollama.ts';
import { numberIn, objectIn, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { lineParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { cut, expectGolden, framesOf, readJson, readText, recordings } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';

const readings = readJson('ollama/expected/own.json');

function read(frames: readonly SseFrame[]): readonly ChatEvent[] {
  const reader = ollama.streamReader();
  return withPlainIds(frames.flatMap((frame) => reader(frame)));
}

/** Ids that we make up are random: numbered, they can be compared. */
function withPlainIds<T>(value: T): T {
  const seen: string[] = [];
  const text = JSON.stringify(value).replace(/call_[0-9a-f]{24}/g, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `made-up-${seen.indexOf(id) + 1}`;
  });
  return JSON.parse(text) as T;
}

const line = (message: JsonObject, more: JsonObject = {}): SseFrame => ({
  data: JSON.stringify({ model: 'm', message: { role: 'assistant', ...message }, done: false, ...more }),
});

describe('ollama answer', () => {
  for (const name of recordings('ollama')) {
    const file = name.slice('ollama/'.length);
    const frames = framesOf(name);
    const events = read(frames);

    it(`reads ${file}`, () => expectGolden(`ollama/expected/${file}.events.json`, events));

    it(`reads ${file} as an independent reading does`, () => assertReads(collect(events), objectIn(readings[file])));

    it(`knows the last frame of ${file}, and only that, as the last`, () => {
      assert.deepEqual(
        frames.map((frame) => ollama.isLast(frame)),
        frames.map((_, index) => index === frames.length - 1),
      );
    });

    it(`knows the usage of ${file} from the frames with a sign alone`, () => {
      const signed = frames.filter(({ data }) => ollama.signs.some((sign) => data.includes(sign)));
      assert.deepEqual(collect(read(signed)).usage, collect(events).usage);
    });
  }

  for (const name of recordings('ollama', '.chunks.txt')) {
    it(`reads ${name} the same however its bytes are cut`, () => {
      const bytes = new TextEncoder().encode(readText(name));
      const expected = read(framesOf(name));
      for (let at = 1; at < bytes.length; at++) assert.deepEqual(read(cut(lineParser(), bytes, [at])), expected);
    });
  }

  it('reads a whole answer as it reads the same answer in a stream', () => {
    for (const name of recordings('ollama', '.json')) {
      assert.deepEqual(ollama.readAnswer(readJson(name)), collect(read(framesOf(name))));
    }
  });

  it('tells thinking, text and calls apart, and keeps an id that it gets', () => {
    const call = { id: 'call_own', function: { name: 'f', arguments: { done: true } } };
    const events = read([
      line({ content: '', thinking: 'H' }),
      line({ content: '', thinking: 'm.' }),
      line({ content: 'Let me ' }),
      line({ content: 'look.', tool_calls: [call] }),
      line({ content: '' }, { done: true, done_reason: 'stop', eval_count: 3 }),
    ]);
    const answer = collect(events);
    assert.deepEqual(answer.parts, [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool-call', id: 'call_own', name: 'f', input: '{"done":true}' },
    ]);
    assert.equal(answer.reason, 'tool-calls');
    assert.equal(answer.usage?.input, 0);
    assert.equal(answer.usage.output, 3);
  });

  it('does not take an argument named done for the end', () => {
    const call = { function: { name: 'f', arguments: { done: true } } };
    assert.equal(ollama.isLast(line({ content: '', tool_calls: [call] })), false);
  });

  it('has no usage when nothing was counted', () => {
    assert.equal(collect(read([line({ content: 'a' }, { done: true })])).usage, undefined);
  });

  it('has no finish when the stream was cut short', () => {
    assert.ok(!read([line({ content: 'a' }), { data: '[DONE]' }]).some((event) => event.type === 'finish'));
  });
});

describe('ollama failure', () => {
  const refusals: readonly (readonly [string, FailureKind, number])[] = [
    ['ollama-400-no-tools', 'invalid-request', 400],
    ['ollama-404-model-missing', 'provider-model-missing', 404],
  ];
  for (const [name, kind, status] of refusals) {
    it(`reads ${name}`, () => {
      const recorded = readJson(`ollama/errors/${name}.json`);
      const body = objectIn(recorded['body']);
      const failure = ollama.readRefusal({
        status: numberIn(recorded['status']) ?? 0,
        headers: {},
        body: JSON.stringify(body),
      });
      assert.equal(failure.kind, kind);
      assert.equal(failure.status, status);
      assert.equal(failure.message, body['error']);
    });
  }

  it('comes in the middle of a stream', () => {
    const stream = stringIn(readJson('ollama/errors/ollama-200-stream-error.json')['stream_body']) ?? '';
    const [begun, broken] = cut(lineParser(), new TextEncoder().encode(stream));
    assert.ok(begun && broken);
    const reader = ollama.streamReader();
    assert.ok(reader(begun).some((event) => event.type === 'part-delta' && event.text === 'Hel'));
    assert.throws(
      () => reader(broken),
      (thrown) =>
        thrown instanceof Failure && thrown.kind === 'provider-error' && /unexpected EOF/.test(thrown.message),
    );
  });

  it('comes for a line that is no JSON', () => {
    assert.throws(
      () => ollama.streamReader()({ data: '<html>' }),
      (thrown) => thrown instanceof Failure && thrown.kind === 'provider-nonsense',
    );
  });
});
