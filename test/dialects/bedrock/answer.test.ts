import assert from 'node:assert/strict';
import { noUsage } from '../../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent } from '../../../src/chat/chat.ts';
import { collect } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import type { FailureKind } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { bedrock } from '../../../src/dialects/bedrock/bedrock.ts';
import { awsEventStreamParser } from '../../../src/gateway/aws-event-stream.ts';
import { numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { awsWireOf } from '../../support/aws-event-stream.ts';
import { cut, expectGolden, readJson, readText, recordings } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';

const readings = readJson('bedrock/expected/own.json');

/** What stands in for the end of a stream whose connection was closed. */
const end: SseFrame = { data: '[DONE]' };

function read(frames: readonly SseFrame[]): readonly ChatEvent[] {
  const reader = bedrock.streamReader();
  return [...frames, end].flatMap((frame) => reader(frame));
}

const frame = (event: string, payload: JsonObject): SseFrame => ({ event, data: JSON.stringify(payload) });

/** A recorded stream has one event a line, under its type. */
const framesOf = (name: string): readonly SseFrame[] =>
  readText(name)
    .trim()
    .split('\n')
    .flatMap((line) => Object.entries(objectIn(parseJson(line))))
    .map(([event, payload]) => frame(event, objectIn(payload)));

/** The frames in which Bedrock streams a whole answer: texts have no start, and usage comes last. */
function framesOfAnswer({ output, stopReason, usage }: JsonObject): readonly SseFrame[] {
  const blocks = objectsIn(objectIn(objectIn(output).message).content);
  return [
    frame('messageStart', { role: 'assistant' }),
    ...blocks.flatMap((block, contentBlockIndex) => [
      ...partFrames(block, contentBlockIndex),
      frame('contentBlockStop', { contentBlockIndex }),
    ]),
    frame('messageStop', { stopReason }),
    frame('metadata', { usage, metrics: { latencyMs: 1 } }),
  ];
}

function partFrames({ text, toolUse, reasoningContent }: JsonObject, contentBlockIndex: number): readonly SseFrame[] {
  const delta = (inside: JsonObject) => frame('contentBlockDelta', { contentBlockIndex, delta: inside });
  if (toolUse) {
    const { input, ...head } = objectIn(toolUse);
    const written = Object.keys(objectIn(input)).length > 0 ? JSON.stringify(input) : '';
    return [
      frame('contentBlockStart', { contentBlockIndex, start: { toolUse: head } }),
      delta({ toolUse: { input: written } }),
    ];
  }
  if (!reasoningContent) return [delta({ text })];
  const { reasoningText, redactedContent } = objectIn(reasoningContent);
  if (redactedContent !== undefined) return [delta({ reasoningContent: { redactedContent } })];
  return Object.entries(objectIn(reasoningText)).map(([key, value]) => delta({ reasoningContent: { [key]: value } }));
}

const answerOf = (name: string): ChatAnswer =>
  name.endsWith('.json') ? bedrock.readAnswer(readJson(name)) : collect(read(framesOf(name)));

/** A made-up answer with all that thinking may bring. */
const thoughtful: JsonObject = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'Let me see.', signature: 'signed' } } },
        { reasoningContent: { redactedContent: 'c2VjcmV0' } },
        { text: 'Here.' },
        { toolUse: { toolUseId: 't1', name: 'look', input: { at: 1 } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
};

describe('bedrock answer', () => {
  it("is the error that it says to be, in Bedrock's words", () => {
    const said = { message: 'The model broke down.' };
    assert.throws(() => bedrock.readAnswer(said), { kind: 'provider-error', message: 'The model broke down.' });
  });

  for (const name of recordings('bedrock')) {
    const file = name.slice('bedrock/'.length);

    it(`reads ${file}`, () => {
      const frames = name.endsWith('.json') ? framesOfAnswer(readJson(name)) : framesOf(name);
      expectGolden(`bedrock/expected/${file}.events.json`, read(frames));
    });

    it(`reads ${file} as an independent reading does`, () => {
      const own = objectIn(readings[file]);
      const answer = answerOf(name);
      if (own.usage) {
        assertReads(answer, own);
        return;
      }
      assert.equal(answer.usage, undefined);
      const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
      const details = { cached_tokens: 0, cache_creation_tokens: 0, reasoning_tokens: 0 };
      assertReads({ ...answer, usage: noUsage }, { ...own, usage: { ...none, ...details } });
    });
  }

  for (const name of recordings('bedrock', '.chunks.txt')) {
    it(`reads ${name} the same however its bytes are cut`, () => {
      const expected = read(framesOf(name));
      const bytes = awsWireOf(framesOf(name));
      for (let at = 1; at < bytes.length; at++)
        assert.deepEqual(read(cut(awsEventStreamParser(), bytes, [at])), expected, String(at));
    });

    it(`knows the usage of ${name} from the frames with a sign alone`, () => {
      const signed = framesOf(name).filter(({ data }) => bedrock.signs.some((sign) => data.includes(sign)));
      assert.deepEqual(collect(read(signed)).usage, collect(read(framesOf(name))).usage);
    });
  }

  for (const [name, body] of [
    ...recordings('bedrock', '.json').map((path) => [path, readJson(path)] as const),
    ['a thoughtful answer', thoughtful] as const,
  ]) {
    it(`reads ${name} as it reads the same answer in a stream`, () =>
      assert.deepEqual(collect(read(framesOfAnswer(body))), bedrock.readAnswer(body)));
  }

  it("keeps Claude's signed and encrypted thinking as Anthropic's own clients have it", () => {
    const { content } = anthropic.writeAnswer(bedrock.readAnswer(thoughtful));
    assert.deepEqual(objectsIn(content).slice(0, 2), [
      { type: 'thinking', thinking: 'Let me see.', signature: 'signed' },
      { type: 'redacted_thinking', data: 'c2VjcmV0' },
    ]);
  });

  it('counts the cache beside the input, and what is kept for an hour apart', () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 1215,
      cacheReadInputTokens: 1000,
      cacheWriteInputTokens: 200,
      cacheDetails: [
        { ttl: '1h', inputTokens: 150 },
        { ttl: '5m', inputTokens: 50 },
      ],
    };
    const counts = { input: 10, cacheRead: 1000, cacheWrite: 50, cacheWrite1h: 150, output: 5, reasoning: 0 };
    assert.deepEqual(bedrock.readAnswer({ ...thoughtful, usage }).usage, { ...counts, raw: usage });
  });

  it('ends once, whatever comes first, and not at all when cut short', () => {
    const [stop, metadata] = framesOfAnswer(thoughtful).slice(-2);
    assert.ok(stop && metadata);
    for (const frames of [[stop, metadata], [metadata, stop], [stop]]) {
      assert.deepEqual(
        read(frames)
          .filter((event) => event.type === 'finish')
          .map(({ reason }) => reason),
        ['tool-calls'],
      );
    }
    assert.ok(!read([metadata]).some((event) => event.type === 'finish'));
  });

  it('says why it ended', () => {
    const reasonOf = (stopReason: string) => bedrock.readAnswer({ ...thoughtful, stopReason }).reason;
    assert.deepEqual(
      ['end_turn', 'stop_sequence', 'max_tokens', 'guardrail_intervened', 'content_filtered', 'news'].map(reasonOf),
      ['stop', 'stop', 'length', 'content-filter', 'content-filter', 'other'],
    );
  });
});

describe('bedrock failure', () => {
  const refuse = (status: number, type: string, message: string) =>
    bedrock.readRefusal({ status, headers: { 'x-amzn-errortype': type }, body: JSON.stringify({ message }) });

  const recorded: readonly (readonly [string, FailureKind, number])[] = [
    ['bedrock-400-too-long', 'context-length', 400],
    ['bedrock-429-throttling', 'provider-rate-limited', 429],
  ];
  for (const [name, kind, status] of recorded) {
    it(`reads ${name}`, () => {
      const { headers, body, ...error } = readJson(`errors/${name}.json`);
      const type = stringIn(objectIn(headers)['x-amzn-errortype']) ?? '';
      const failure = refuse(numberIn(error.status) ?? 0, type, stringIn(objectIn(body).message) ?? '');
      assert.deepEqual([failure.kind, failure.status, failure.message], [kind, status, objectIn(body).message]);
    });
  }

  const cases: readonly (readonly [status: number, type: string, message: string, kind: FailureKind])[] = [
    [403, 'AccessDeniedException', "You don't have access to the model.", 'provider-forbids'],
    [403, 'UnrecognizedClientException', 'The security token is invalid.', 'provider-key-refused'],
    [403, 'ExpiredTokenException:http://internal.amazon.com/', 'The token has expired.', 'provider-key-refused'],
    [403, 'InvalidSignatureException', 'The signature does not match.', 'provider-key-refused'],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'provider-model-missing'],
    [400, 'ValidationException', 'Malformed input request.', 'invalid-request'],
    [400, 'ServiceQuotaExceededException', 'Your quota is used up.', 'provider-rate-limited'],
    [404, 'ResourceNotFoundException', 'No such model.', 'provider-model-missing'],
    [408, 'ModelTimeoutException', 'It took too long.', 'provider-timeout'],
    [424, 'ModelErrorException', 'The model failed.', 'provider-error'],
    [429, 'ModelNotReadyException', 'The model is not ready.', 'provider-overloaded'],
    [500, 'InternalServerException', 'Oops.', 'provider-error'],
    [503, 'ServiceUnavailableException', 'Try again.', 'provider-overloaded'],
  ];
  for (const [status, type, message, kind] of cases) {
    it(`${type} of "${message}" is ${kind}`, () => {
      const failure = refuse(status, type, message);
      assert.deepEqual([failure.kind, failure.message], [kind, message]);
    });
  }

  it('may be named in the body, or not be JSON', () => {
    const body = JSON.stringify({ __type: 'com.amazon.coral.service#UnrecognizedClientException', Message: 'No.' });
    const failure = bedrock.readRefusal({ status: 400, headers: {}, body });
    assert.deepEqual([failure.kind, failure.message], ['provider-key-refused', 'No.']);
    assert.equal(bedrock.readRefusal({ status: 502, headers: {}, body: '<html>' }).kind, 'provider-error');
  });

  it('comes as an event in the middle of a stream', () => {
    const kinds: Record<string, FailureKind> = {
      throttlingException: 'provider-rate-limited',
      serviceUnavailableException: 'provider-overloaded',
      internalServerException: 'provider-error',
      modelStreamErrorException: 'provider-error',
      validationException: 'invalid-request',
      exception: 'provider-error',
    };
    for (const [event, kind] of Object.entries(kinds)) {
      assert.throws(
        () => bedrock.streamReader()(frame(event, { message: 'Sorry.' })),
        (thrown) => thrown instanceof Failure && thrown.kind === kind && thrown.message === 'Sorry.',
        event,
      );
    }
  });

  it('comes for what is no answer', () => {
    const isNonsense = (thrown: unknown) => thrown instanceof Failure && thrown.kind === 'provider-nonsense';
    assert.throws(() => bedrock.readAnswer({ Output: {} }), isNonsense);
    assert.throws(() => bedrock.streamReader()({ event: 'messageStop', data: '<html>' }), isNonsense);
  });
});
