import assert from 'node:assert/strict';
import { noUsage } from '../../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent, ChatRequest } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { defined, objectIn, objectsIn, parseJson } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const request: ChatRequest = {
  model: 'm',
  turns: [],
  tools: [],
  settings: {},
  stream: true,
  wantsUsage: true,
  unknown: [],
};
const usage = { ...noUsage, input: 3, cacheRead: 2000, cacheWrite: 900, cacheWrite1h: 100, output: 50, reasoning: 20 };

function frames(events: readonly ChatEvent[], change: Partial<ChatRequest> = {}): readonly string[] {
  const write = openaiChat.streamWriter({ ...request, ...change });
  return events.flatMap((event) => write(event)).map(({ data }) => data);
}
const chunks = (...events: readonly ChatEvent[]): readonly JsonObject[] =>
  frames([{ type: 'start', id: 'c1', model: 'm', created: 7 }, ...events])
    .filter((data) => data !== '[DONE]')
    .map((data) => objectIn(parseJson(data)));
const deltas = (...events: readonly ChatEvent[]): readonly JsonObject[] =>
  chunks(...events)
    .slice(1)
    .map((chunk) => objectIn(objectsIn(chunk.choices)[0]?.delta));

const text = (value: string, index = 0): ChatEvent => ({ type: 'part-delta', index, text: value });
const begin = (part: Extract<ChatEvent, { type: 'part-start' }>['part'], index = 0): ChatEvent => ({
  type: 'part-start',
  index,
  part,
});
const end = (index = 0, extras?: Extract<ChatEvent, { type: 'part-end' }>['extras']): ChatEvent =>
  extras ? { type: 'part-end', index, extras } : { type: 'part-end', index };

describe('a stream written in OpenAI’s chat format', () => {
  it('begins with the role and ends with reason, usage and [DONE]', () => {
    const written = frames([
      { type: 'start', id: 'c1', model: 'm', created: 7 },
      begin({ type: 'text', text: '' }),
      text('Hi "you"\n'),
      end(),
      { type: 'finish', reason: 'length', usage },
    ]);
    const head = { id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'm' };
    const choice = (delta: object, finish_reason: string | null) => ({
      index: 0,
      delta,
      logprobs: null,
      finish_reason,
    });
    assert.deepEqual(written.slice(0, -1).map(parseJson), [
      { ...head, choices: [choice({ role: 'assistant', content: '' }, null)] },
      { ...head, choices: [choice({ content: 'Hi "you"\n' }, null)] },
      { ...head, choices: [choice({}, 'length')] },
      {
        ...head,
        choices: [],
        usage: {
          prompt_tokens: 3003,
          completion_tokens: 50,
          total_tokens: 3053,
          prompt_tokens_details: {
            cached_tokens: 2000,
            cache_creation_tokens: 1000,
            cache_creation_token_details: { ephemeral_5m_input_tokens: 900, ephemeral_1h_input_tokens: 100 },
          },
          completion_tokens_details: { reasoning_tokens: 20 },
          cache_read_input_tokens: 2000,
          cache_creation_input_tokens: 1000,
        },
      },
    ]);
    assert.equal(written.at(-1), '[DONE]');
  });

  it('tells usage only to a client that asked, and only where there is some', () => {
    const finish: ChatEvent = { type: 'finish', reason: 'stop', usage };
    assert.ok(!frames([finish], { wantsUsage: false }).some((data) => data.includes('prompt_tokens')));
    assert.equal(frames([{ type: 'finish', reason: 'stop' }]).length, 2);
  });

  it('counts tool calls apart from other parts, and gives id and name once', () => {
    const call = (id: string, input = '') => ({ type: 'tool-call', id, name: 'f', input }) as const;
    assert.deepEqual(
      deltas(
        begin({ type: 'text', text: '' }),
        text('x'),
        end(),
        begin(call('a'), 1),
        text('{"x"', 1),
        text(':1}', 1),
        end(1),
        begin(call('b', '{}'), 2),
        end(2),
      ),
      [
        { content: 'x' },
        { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
        { tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] },
        { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
        { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '' } }] },
        { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      ],
    );
  });

  it('gives a call without arguments those that parse', () => {
    const [, args] = deltas(begin({ type: 'tool-call', id: 'a', name: 'f', input: '' }), end());
    assert.deepEqual(args, { tool_calls: [{ index: 0, function: { arguments: '{}' } }] });
  });

  it('gives Gemini’s signature with the call, or after it where it came late, and once', () => {
    const extras = { gemini: { thoughtSignature: 's' } };
    const extra_content = { google: { thought_signature: 's' } };
    const call = { type: 'tool-call', id: 'a', name: 'f', input: '{}' } as const;
    const early = deltas(begin({ ...call, extras }), end(0, extras));
    assert.deepEqual(
      early.map((delta) => objectsIn(delta.tool_calls)[0]?.extra_content),
      [extra_content, undefined],
    );
    const late = deltas(begin(call), end(0, extras));
    assert.deepEqual(late.at(-1), { tool_calls: [{ index: 0, extra_content }] });
  });

  it('gives a signed thought whole once its signature has come', () => {
    const reasoning = begin({ type: 'reasoning', text: '' });
    assert.deepEqual(deltas(reasoning, text('a'), text('b'), end(0, { anthropic: { signature: 's' } })), [
      { reasoning_content: 'a' },
      { reasoning_content: 'b' },
      { thinking_blocks: [{ type: 'thinking', thinking: 'ab', signature: 's' }] },
    ]);
    assert.deepEqual(deltas(reasoning, text('a'), end()), [{ reasoning_content: 'a' }]);
  });

  it('gives redacted thinking as a block of its kind', () => {
    assert.deepEqual(deltas(begin({ type: 'reasoning', text: '', extras: { anthropic: { redacted: 'r' } } }), end()), [
      { thinking_blocks: [{ type: 'redacted_thinking', data: 'r' }] },
    ]);
  });

  it('counts a source’s place from the beginning of the whole text', () => {
    const citation = { url: 'https://a.example', title: 'A', start: 0, end: 2 };
    const written = deltas(
      begin({ type: 'text', text: '' }),
      text('one '),
      end(),
      begin({ type: 'text', text: '' }, 1),
      text('two', 1),
      { type: 'citation', index: 1, citation },
    );
    assert.deepEqual(written.at(-1), {
      annotations: [
        { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 4, end_index: 6 } },
      ],
    });
  });

  it('gives images, as OpenRouter does', () => {
    assert.deepEqual(deltas(begin({ type: 'media', kind: 'image', mediaType: 'image/png', data: 'A' }), end()), [
      { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,A' } }] },
    ]);
  });

  it('has no place for frames that only another dialect understands', () => {
    assert.deepEqual(deltas({ type: 'foreign', dialect: 'anthropic', frame: { data: '{}' } }), []);
  });
});

describe('an answer written whole and streamed', () => {
  const answer: ChatAnswer = {
    id: 'c1',
    model: 'm',
    created: 7,
    parts: [
      { type: 'reasoning', text: 'hm', extras: { anthropic: { signature: 's' } } },
      { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'r' } } },
      { type: 'reasoning', text: 'ha', extras: { anthropic: { signature: 't' } } },
      { type: 'text', text: 'Hi', citations: [{ url: 'https://a.example', title: 'A', quote: 'q', start: 0, end: 2 }] },
      { type: 'text', text: 'No.', extras: { 'openai-chat': { refusal: true } } },
      { type: 'media', kind: 'image', mediaType: 'image/png', data: 'A' },
      { type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}', extras: { gemini: { thoughtSignature: 's' } } },
    ],
    reason: 'tool-calls',
    usage: { ...usage, audioInput: 2, audioOutput: 3, serviceTier: 'flex' },
  };
  const withoutRaw = (read: ChatAnswer): ChatAnswer => ({
    ...read,
    usage: defined({ ...(read.usage ?? noUsage), raw: undefined }),
  });

  it('says the same, and all of it', () => {
    const whole = openaiChat.readAnswer(openaiChat.writeAnswer(answer));
    const read = openaiChat.streamReader();
    const streamed = collect(frames(eventsOf(answer)).flatMap((data) => read({ data })));
    assert.deepEqual(withoutRaw(whole), answer);
    assert.deepEqual(withoutRaw(streamed), answer);
  });

  it('has a time, though the provider gave none', () => {
    const { created } = openaiChat.writeAnswer({ id: 'c1', model: 'm', parts: [], reason: 'stop' });
    assert.ok(typeof created === 'number' && Math.abs(created - Date.now() / 1000) < 60);
  });

  it('says null for no words, and stop for a reason without a name', () => {
    const [choice] = objectsIn(openaiChat.writeAnswer({ id: '', model: '', parts: [], reason: 'other' }).choices);
    assert.equal(objectIn(choice?.message).content, null);
    assert.equal(choice?.finish_reason, 'stop');
  });
});
