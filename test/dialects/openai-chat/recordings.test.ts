import assert from 'node:assert/strict';
import { noUsage } from '../../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent, ChatRequest, Citation, Part } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { defined } from '../../../src/lib/json.ts';
import { formatSse, sseParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { cut, expectGolden, framesOf, readJson, recordings, wireOf } from '../../support/fixtures.ts';

const folder = 'openai-chat';
/** Recordings that break off with an error, and what is said then. */
const broken: Readonly<Record<string, string>> = {
  'pai-test_openrouter_stream_error.0.sse': 'Token limit reached',
  'pai-test_tool_use_failed_error_streaming_with_text.0.sse': 'Tool choice is required, but model did not call a tool',
};

const request: ChatRequest = {
  model: 'm',
  turns: [],
  tools: [],
  settings: {},
  stream: true,
  wantsUsage: true,
  unknown: [],
};

/** The frames of a stream with the closing one that `.chunks.txt` leaves out. */
function streamOf(path: string): readonly SseFrame[] {
  const frames = framesOf(path);
  return frames.some((frame) => openaiChat.isLast(frame)) ? frames : [...frames, { data: '[DONE]' }];
}

const readStream = (frames: readonly SseFrame[]): readonly ChatEvent[] => frames.flatMap(reader());
const reader = (): ((frame: SseFrame) => readonly ChatEvent[]) => {
  const read = openaiChat.streamReader();
  return (frame) => read(frame);
};
const written = (answer: ChatAnswer): readonly SseFrame[] => {
  const write = openaiChat.streamWriter(request);
  return eventsOf(answer).flatMap((event) => write(event));
};

/** What the format has words for: a provider's raw usage and cost are the ledger's, and a title stands where none came. */
function expressible({ usage = noUsage, ...answer }: ChatAnswer): ChatAnswer {
  const counts = defined({ ...usage, raw: undefined, reported: undefined, searches: undefined });
  return defined({ ...answer, stopSequence: undefined, parts: answer.parts.map(titled), usage: counts });
}
const titled = (part: Part): Part =>
  part.type === 'text' && part.citations ? { ...part, citations: part.citations.map(withTitle) } : part;
const withTitle = (citation: Citation): Citation => ({ ...citation, title: citation.title ?? citation.url ?? '' });

function holdsForAnswer(answer: ChatAnswer): void {
  const back = openaiChat.readAnswer(
    JSON.parse(JSON.stringify(openaiChat.writeAnswer(answer))) as Record<string, never>,
  );
  assert.deepEqual(expressible(back), expressible(answer), 'whole');
  assert.deepEqual(expressible(collect(readStream(written(answer)))), expressible(answer), 'streamed');
}

describe('recorded answers in OpenAI’s chat format', () => {
  for (const path of recordings(folder, '.json')) {
    const name = path.slice(folder.length + 1);
    const answer = openaiChat.readAnswer(readJson(path));

    it(`${name} is read as expected`, () => expectGolden(`${folder}/expected/${name}`, answer));
    it(`${name} is written back without loss, whole and streamed`, () => holdsForAnswer(answer));
  }
});

describe('recorded streams in OpenAI’s chat format', () => {
  for (const path of recordings(folder, '.sse', '.chunks.txt')) {
    const name = path.slice(folder.length + 1);
    const frames = streamOf(path);
    const error = broken[name];
    if (error !== undefined) {
      it(`${name} fails with the provider’s words`, () => {
        assert.throws(
          () => readStream(frames),
          (thrown) => thrown instanceof Failure && thrown.message === error,
        );
      });
      continue;
    }
    const events = readStream(frames);
    const answer = collect(events);

    it(`${name} is read as expected`, () => expectGolden(`${folder}/expected/${name}.json`, answer));

    it(`${name} is written back without loss, whole and streamed`, () => holdsForAnswer(answer));

    it(`${name} reads the same when it comes byte by byte`, () => {
      const bytes = wireOf(frames);
      const cuts = Array.from(bytes.keys()).slice(1);
      assert.deepEqual(readStream(cut(sseParser(), bytes, cuts)), events);
    });

    it(`${name} is metered the same by the frames with a sign alone`, () => {
      const signed = frames.filter((frame) => openaiChat.signs.some((sign) => formatSse(frame).includes(sign)));
      const finishes = readStream(signed).filter((event) => event.type === 'finish');
      assert.deepEqual(
        finishes.map(({ usage }) => usage),
        [answer.usage],
      );
      assert.ok(answer.usage);
    });

    it(`${name} has one finish, and it is last`, () => {
      assert.deepEqual(
        events.flatMap((event, at) => (event.type === 'finish' ? [at] : [])),
        [events.length - 1],
      );
    });

    it(`${name} is not finished when it is cut short`, () => {
      const first = frames.slice(0, Math.max(1, Math.floor(frames.length / 3)));
      const isWhole = first.some((frame) => /"finish_reason":\s*"/.test(frame.data));
      const ends = readStream([...first, { data: '[DONE]' }]).some((event) => event.type === 'finish');
      assert.equal(ends, isWhole);
    });
  }
});
