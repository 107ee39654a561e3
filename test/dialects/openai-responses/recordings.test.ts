import assert from 'node:assert/strict';
import { noUsage } from '../../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import { defined, objectIn, parseJson } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { formatSse, sseParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { cut, expectGolden, framesOf, readJson, recordings, wireOf } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';
import { assertInOrder, requestOf } from './support.ts';

const folder = 'openai-responses';
const failing = 'openai-error.1.chunks.txt';
const readings = readJson(`${folder}/expected/own.json`);

/** In chat's terms a custom tool's call is a function's, which the independent reading leaves out. */
const custom = new Set(['openai-custom-tool.1.json', 'openai-custom-tool.1.chunks.txt']);

function ownReading(name: string): JsonObject {
  const own = objectIn(readings[name]);
  if (!custom.has(name)) return { ...own, text: own['text_from_deltas'] ?? own['text'] };
  const call = { name: 'write_sql', arguments: undefined }; // its input is no JSON
  return { ...own, tool_calls: [call], finish_reason: 'tool_calls' };
}

const readStream = (frames: readonly SseFrame[]): readonly ChatEvent[] => {
  const read = openaiResponses.streamReader();
  return frames.flatMap((frame) => read(frame));
};
const written = (answer: ChatAnswer): readonly SseFrame[] => {
  const write = openaiResponses.streamWriter(requestOf({}));
  return eventsOf(answer).flatMap((event) => write(event));
};

/** What the format has words for: raw usage is the ledger's, and the items of reasoning and calls get ids of their own. */
function expressible({ usage = noUsage, parts, ...answer }: ChatAnswer): unknown {
  const counts = defined({
    ...usage,
    raw: undefined,
    reported: undefined,
    searches: undefined,
    fileSearches: undefined,
    codeSessions: undefined,
  });
  const told = parts.filter((part) => part.type !== 'text' || part.text !== '');
  const plain = JSON.parse(
    JSON.stringify(told, (key, value: unknown) => (key === 'openai-responses' ? sealOf(value) : value)),
  ) as readonly JsonObject[];
  return { ...answer, parts: plain.map(withPlaces), usage: { serviceTier: 'default', ...counts } };
}
const sealOf = (facts: unknown): unknown => ({ ...objectIn(facts), id: '' });
/** OpenAI encrypts the same reasoning anew each time it tells it. */
const unsealed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, one: unknown) => (key === 'encrypted_content' ? typeof one : one)));
/** Some servers leave out a source's title and place, which clients of the format demand. */
const withPlaces = (part: JsonObject): JsonObject => {
  const { citations } = part;
  if (!Array.isArray(citations)) return part;
  const whole = (citations as readonly JsonObject[]).map((one) => ({ title: one['url'], start: 0, end: 0, ...one }));
  return { ...part, citations: whole };
};

function holdsForAnswer(answer: ChatAnswer): void {
  const body = openaiResponses.writeAnswer(answer, requestOf({}));
  const back = openaiResponses.readAnswer(JSON.parse(JSON.stringify(body)) as JsonObject);
  assert.deepEqual(expressible(back), expressible(answer), 'whole');
  const frames = written(answer);
  assertInOrder(frames);
  assert.deepEqual(expressible(collect(readStream(frames))), expressible(answer), 'streamed');
}

describe('recorded answers in OpenAI’s Responses format', () => {
  for (const path of recordings(folder, '.json')) {
    const name = path.slice(folder.length + 1);
    const answer = openaiResponses.readAnswer(readJson(path));

    it(`${name} is read as expected`, () => expectGolden(`${folder}/expected/${name}`, answer));
    it(`${name} is read as an independent reading does`, () => assertReads(answer, ownReading(name)));
    it(`${name} is written back without loss, whole and streamed`, () => holdsForAnswer(answer));
  }
});

describe('recorded streams in OpenAI’s Responses format', () => {
  for (const path of recordings(folder, '.chunks.txt').filter((path) => !path.endsWith(failing))) {
    const name = path.slice(folder.length + 1);
    const frames = framesOf(path);
    const events = readStream(frames);
    const answer = collect(events);

    it(`${name} is read as expected`, () => expectGolden(`${folder}/expected/${name}.json`, answer));

    it(`${name} is read as an independent reading does`, () => assertReads(answer, ownReading(name)));

    it(`${name} reads as the whole answer that its end holds`, () => {
      if ('text_from_deltas' in objectIn(readings[name])) return; // a recording whose pieces were made up
      const last = objectIn(parseJson(frames.at(-1)?.data ?? ''));
      const whole = openaiResponses.readAnswer(objectIn(last['response']));
      assert.deepEqual(unsealed(expressible(answer)), unsealed(expressible(whole)));
    });

    it(`${name} is written back without loss, whole and streamed`, () => holdsForAnswer(answer));

    it(`${name} reads the same when it comes byte by byte`, () => {
      const bytes = wireOf(frames);
      const cuts = Array.from(bytes.keys()).slice(1);
      assert.deepEqual(readStream(cut(sseParser(), bytes, cuts)), events);
    });

    it(`${name} is metered the same by the frames with a sign alone`, () => {
      const signed = frames.filter((frame) => openaiResponses.signs.some((sign) => formatSse(frame).includes(sign)));
      assert.equal(signed.length, 1);
      const finishes = readStream(signed).filter((event) => event.type === 'finish');
      assert.deepEqual(
        finishes.map(({ usage, reason }) => ({ usage, reason })),
        [{ usage: answer.usage, reason: answer.reason }],
      );
      assert.ok(answer.usage);
    });

    it(`${name} has one finish, with its last frame`, () => {
      assert.deepEqual(frames.map((frame) => openaiResponses.isLast(frame)).lastIndexOf(false), frames.length - 2);
      assert.equal(frames.filter((frame) => openaiResponses.isLast({ data: frame.data })).length, 1);
      assert.deepEqual(
        events.flatMap((event, at) => (event.type === 'finish' ? [at] : [])),
        [events.length - 1],
      );
    });

    it(`${name} is not finished when it is cut short`, () => {
      const ends = readStream([...frames.slice(0, -1), { data: '[DONE]' }]).some((event) => event.type === 'finish');
      assert.equal(ends, false);
    });
  }

  it(`${failing} fails with the provider’s words, also where only its last frame is seen`, () => {
    const frames = framesOf(`${folder}/${failing}`);
    const isEmptyAccount = (thrown: unknown): boolean =>
      thrown instanceof Failure &&
      thrown.kind === 'provider-account-empty' &&
      thrown.message.startsWith('You exceeded your current quota');
    assert.throws(() => readStream(frames), isEmptyAccount);
    assert.throws(() => readStream(frames.slice(-1)), isEmptyAccount);
  });
});
