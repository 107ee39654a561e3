import assert from 'node:assert/strict';
import type { ChatRequest, Part, Turn } from '../../../src/chat/chat.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { objectsIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const bare: ChatRequest = {
  model: 'm',
  turns: [],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: false,
  unknown: [],
};
const write = (change: Partial<ChatRequest>): JsonObject => openaiChat.writeRequest({ ...bare, ...change });
const messages = (...turns: readonly Turn[]): readonly JsonObject[] => objectsIn(write({ turns }).messages);
const text = (value: string): Part => ({ type: 'text', text: value });
const image = { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' } as const;

describe('a request written in OpenAI’s chat format', () => {
  it('always asks for the usage of a stream', () => {
    const { stream, stream_options } = write({ stream: true });
    assert.deepEqual([stream, stream_options], [true, { include_usage: true }]);
  });

  it('leaves out tools and their choice where there are none', () => {
    assert.deepEqual(write({ toolChoice: { type: 'auto' } }), { model: 'm', messages: [] });
  });

  it('names tools, their marks and the choice', () => {
    const tools = [{ name: 'f', schema: { type: 'object' }, cache: { ttl: '1h' as const } }, { name: 'g' }];
    const body = write({ tools, toolChoice: { type: 'named', name: 'f' } });
    assert.deepEqual(body.tools, [
      {
        type: 'function',
        function: { name: 'f', parameters: { type: 'object' } },
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
      { type: 'function', function: { name: 'g' } },
    ]);
    assert.deepEqual(body.tool_choice, { type: 'function', function: { name: 'f' } });
  });

  it('tells the effort in OpenAI’s words, and a budget in LiteLLM’s for providers to turn into theirs', () => {
    const reasoning = (value: NonNullable<ChatRequest['settings']['reasoning']>) => {
      const { reasoning_effort, thinking } = write({ settings: { reasoning: value } });
      return [reasoning_effort, thinking];
    };
    assert.deepEqual(reasoning({ effort: 'low', show: true }), ['low', undefined]);
    assert.deepEqual(reasoning({ effort: 'max' }), ['xhigh', undefined]);
    assert.deepEqual(reasoning({ budget: 2048 }), [undefined, { type: 'enabled', budget_tokens: 2048 }]);
    assert.deepEqual(reasoning({ adaptive: true }), [undefined, { type: 'adaptive' }]);
  });

  it('gives a schema the name that OpenAI requires', () => {
    const { response_format } = write({ settings: { format: { type: 'json-schema', schema: {} } } });
    assert.deepEqual(response_format, { type: 'json_schema', json_schema: { name: 'answer', schema: {} } });
  });
});

describe('messages written in OpenAI’s chat format', () => {
  it('are plain text where text is all there is', () => {
    assert.deepEqual(
      messages(
        { role: 'system', parts: [text('a'), text('b')] },
        { role: 'user', parts: [text('c')], name: 'ann' },
        { role: 'assistant', parts: [text('d'), text('e')] },
      ),
      [
        { role: 'system', content: 'a\n\nb' },
        { role: 'user', content: 'c', name: 'ann' },
        { role: 'assistant', content: 'de' },
      ],
    );
  });

  it('are lists where marks or media need a place', () => {
    assert.deepEqual(
      messages(
        { role: 'system', parts: [{ type: 'text', text: 'a', cache: {} }, text('b')] },
        { role: 'user', parts: [text('c'), image] },
      ),
      [
        {
          role: 'system',
          content: [
            { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
            { type: 'text', text: 'b' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'c' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
    );
  });

  it('put results right after their calls, then what they show, then what was said', () => {
    const result: Part = { type: 'tool-result', id: 'c1', parts: [{ type: 'text', text: 'see' }, image] };
    const marked: Part = { type: 'tool-result', id: 'c2', parts: [], cache: {} };
    const [first, second, shown, said] = messages({ role: 'user', parts: [text('And?'), result, marked] });
    assert.deepEqual(first, { role: 'tool', tool_call_id: 'c1', content: 'see' });
    assert.deepEqual(second, {
      role: 'tool',
      tool_call_id: 'c2',
      content: [{ type: 'text', text: '', cache_control: { type: 'ephemeral' } }],
    });
    assert.equal(shown?.role, 'user');
    assert.deepEqual(
      objectsIn(shown.content).map(({ type }) => type),
      ['text', 'image_url'],
    );
    assert.deepEqual(said, { role: 'user', content: 'And?' });
  });

  it('say in a result that is all media where to look', () => {
    const [result] = messages({ role: 'user', parts: [{ type: 'tool-result', id: 'c1', parts: [image] }] });
    assert.equal(result?.content, 'The content follows in the next message.');
  });

  it('tell calls with arguments that parse, and no content but what strict servers want', () => {
    const call: Part = { type: 'tool-call', id: 'c', name: 'f', input: '' };
    assert.deepEqual(messages({ role: 'assistant', parts: [call] }, { role: 'assistant', parts: [] }), [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'assistant', content: '' },
    ]);
  });

  it('tell earlier thinking, in blocks too where it is signed', () => {
    const parts: readonly Part[] = [
      { type: 'reasoning', text: 'a', extras: { anthropic: { signature: 's' } } },
      { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'r' } } },
      { type: 'reasoning', text: 'b' },
    ];
    const [message] = messages({ role: 'assistant', parts });
    assert.equal(message?.reasoning_content, 'ab');
    assert.deepEqual(message.thinking_blocks, [
      { type: 'thinking', thinking: 'a', signature: 's' },
      { type: 'redacted_thinking', data: 'r' },
    ]);
  });

  it('write media in the words of their kind', () => {
    const media = (part: Part) => objectsIn(messages({ role: 'user', parts: [part] })[0]?.content)[0];
    assert.deepEqual(media({ type: 'media', kind: 'audio', mediaType: 'audio/mpeg', data: 'A' }), {
      type: 'input_audio',
      input_audio: { data: 'A', format: 'mp3' },
    });
    assert.deepEqual(media({ type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'A' }), {
      type: 'file',
      file: { file_data: 'data:application/pdf;base64,A', filename: 'file' },
    });
    assert.deepEqual(media({ type: 'media', kind: 'file', fileId: 'f1' }), { type: 'file', file: { file_id: 'f1' } });
    assert.deepEqual(media({ type: 'media', kind: 'image', url: 'https://a.example/x' }), {
      type: 'image_url',
      image_url: { url: 'https://a.example/x' },
    });
  });

  it('are read as they were written', () => {
    const turns: readonly Turn[] = [
      { role: 'system', parts: [{ type: 'text', text: 'a', cache: { ttl: '5m' } }] },
      { role: 'user', parts: [text('b'), { ...image, extras: { 'openai-chat': { detail: 'low' } } }] },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', extras: { anthropic: { signature: 's' } } },
          text('c'),
          { type: 'tool-call', id: 'c1', name: 'f', input: '{"x":1}', extras: { gemini: { thoughtSignature: 't' } } },
        ],
      },
      { role: 'user', parts: [{ type: 'tool-result', id: 'c1', parts: [{ type: 'text', text: 'd' }] }] },
    ];
    assert.deepEqual(openaiChat.readRequest(write({ turns })).turns, turns);
  });
});

describe('the output limit of a relayed body', () => {
  it('stands under the name that the client used, else under the old one', () => {
    assert.deepEqual(openaiChat.limitOutput({ max_completion_tokens: 9 }, 5), { max_completion_tokens: 5 });
    assert.deepEqual(openaiChat.limitOutput({ max_tokens: 9, a: 1 }, 5), { max_tokens: 5, a: 1 });
    assert.deepEqual(openaiChat.limitOutput({ max_tokens: null }, 5), { max_tokens: 5 });
    assert.deepEqual(openaiChat.limitOutput({ max_tokens: 9, max_completion_tokens: 7 }, 5), {
      max_tokens: 5,
      max_completion_tokens: 5,
    });
  });
});
