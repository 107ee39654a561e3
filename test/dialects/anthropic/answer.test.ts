import assert from 'node:assert/strict';
import type { ChatAnswer, ChatRequest } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { objectIn, objectsIn, without } from '../../../src/lib/json.ts';
import { expectGolden, readJson, recordings } from '../../support/fixtures.ts';
import { assertReads } from '../../support/own-reading.ts';

const readings = readJson('anthropic/expected/own.json');
const request: ChatRequest = {
  model: '',
  turns: [],
  tools: [],
  settings: {},
  stream: true,
  wantsUsage: true,
  unknown: [],
};

/** The answer as a client gets it in a stream, read again. */
function streamed(answer: ChatAnswer): ChatAnswer {
  const writer = anthropic.streamWriter(request);
  const reader = anthropic.streamReader();
  return collect(eventsOf(answer).flatMap(writer).flatMap(reader));
}

const text = (value: string): ChatAnswer => ({
  id: 'm',
  model: 'c',
  parts: [{ type: 'text', text: value }],
  reason: 'stop',
});

describe('anthropic answer', () => {
  for (const name of recordings('anthropic', '.json')) {
    const file = name.slice('anthropic/'.length);
    const body = readJson(name);
    const answer = anthropic.readAnswer(body);

    it(`reads ${file}`, () => expectGolden(`anthropic/expected/${file}.answer.json`, answer));

    it(`reads ${file} as an independent reading does`, () => assertReads(answer, objectIn(readings[file])));

    it(`writes ${file} back without loss`, () => {
      assert.deepEqual(anthropic.writeAnswer(answer), { stop_sequence: null, ...body });
    });

    it(`says the same in a stream as ${file} does in one piece`, () => {
      const again = streamed(answer);
      assert.deepEqual(again.parts, answer.parts);
      assert.deepEqual(again.usage, { ...answer.usage, raw: again.usage?.raw });
      assert.equal(again.reason, answer.reason);
    });
  }

  it('keeps the signature of thinking, and thinking that is only shown encrypted', () => {
    const thought = anthropic.readAnswer(readJson('anthropic/pai-test_anthropic_tool_with_thinking.0.json')).parts[0];
    assert.equal(typeof thought?.extras?.anthropic?.signature, 'string');
    const hidden = anthropic.readAnswer(readJson('anthropic/pai-test_anthropic_model_thinking_part_redacted.0.json'))
      .parts[0];
    assert.equal(typeof hidden?.extras?.anthropic?.redacted, 'string');
  });

  it('keeps blocks of Anthropic’s own tools for Anthropic’s clients alone', () => {
    const body = readJson('anthropic/pai-test_anthropic_mcp_servers.0.json');
    const answer = anthropic.readAnswer(body);
    assert.ok(answer.parts.length < objectsIn(body.content).length);
    assert.deepEqual(anthropic.writeAnswer(answer).content, body.content);
    const { id, model, parts, reason } = answer;
    const types = objectsIn(anthropic.writeAnswer({ id, model, parts, reason }).content).map((block) => block.type);
    assert.deepEqual(types, ['thinking', 'text']);
  });

  it('keeps the stop reasons that other dialects have no word for', () => {
    for (const stop_reason of ['pause_turn', 'model_context_window_exceeded', 'new_reason', 'refusal', 'tool_use']) {
      const body = { ...readJson('anthropic/anthropic-text.json'), stop_reason };
      assert.equal(anthropic.writeAnswer(anthropic.readAnswer(body)).stop_reason, stop_reason);
    }
  });

  it('tells the stop sequence that ended it', () => {
    const body = { ...readJson('anthropic/anthropic-text.json'), stop_reason: 'stop_sequence', stop_sequence: 'END' };
    const answer = anthropic.readAnswer(body);
    assert.equal(answer.stopSequence, 'END');
    assert.deepEqual(anthropic.writeAnswer(answer), { ...body });
  });

  it('writes an answer of another provider with all that clients look for', () => {
    const answer: ChatAnswer = {
      id: 'chatcmpl-1',
      model: 'gpt',
      parts: [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: '' },
        { type: 'tool-call', id: 'call_1', name: 'f', input: '' },
        { type: 'tool-call', id: 'call_2', name: 'f', input: '{"a":' },
      ],
      reason: 'tool-calls',
      usage: {
        input: 3,
        cacheRead: 2,
        cacheWrite: 0,
        cacheWrite1h: 0,
        output: 1,
        reasoning: 0,
        raw: { prompt_tokens: 5 },
      },
    };
    assert.deepEqual(anthropic.writeAnswer(answer), {
      id: 'chatcmpl-1',
      type: 'message',
      role: 'assistant',
      model: 'gpt',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: '' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: {} },
        { type: 'tool_use', id: 'call_2', name: 'f', input: { __unparsed: '{"a":' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 2,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 1,
      },
    });
  });

  it('writes zeros where no usage is known', () => {
    assert.equal(objectIn(anthropic.writeAnswer(text('Hi')).usage).output_tokens, 0);
  });

  it('throws for an answer that is an error or holds no content', () => {
    const kindOf = (body: Parameters<typeof anthropic.readAnswer>[0]): unknown => {
      try {
        anthropic.readAnswer(body);
      } catch (thrown) {
        return thrown instanceof Failure ? thrown.kind : thrown;
      }
    };
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    assert.equal(kindOf(error), 'provider-overloaded');
    assert.equal(kindOf(without(readJson('anthropic/anthropic-text.json'), 'content')), 'provider-nonsense');
  });

  it('takes an hour’s cache write for what it is, also when only the sum grew', () => {
    const usageOf = (usage: object): unknown => {
      const { cacheWrite, cacheWrite1h } = anthropic.readAnswer({ content: [], usage: { ...usage } }).usage ?? {};
      return [cacheWrite, cacheWrite1h];
    };
    const kept = (minutes: number, hour: number): object => ({
      cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
    });
    assert.deepEqual(usageOf({ cache_creation_input_tokens: 30, ...kept(10, 20) }), [10, 20]);
    assert.deepEqual(usageOf({ cache_creation_input_tokens: 35, ...kept(0, 20) }), [0, 35]);
    assert.deepEqual(usageOf({ cache_creation_input_tokens: 35 }), [35, 0]);
    assert.deepEqual(usageOf(kept(1, 2)), [1, 2]);
  });
});
