import assert from 'node:assert/strict';
import type { ChatRequest, Part, Settings } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

const read = (body: JsonObject = {}): ChatRequest =>
  anthropic.readRequest({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], ...body });
const settingsOf = (body: JsonObject): Settings => read({ max_tokens: undefined, ...body }).settings;
const partsOf = (...content: readonly Json[]): readonly Part[] =>
  read({ messages: [{ role: 'user', content }] }).turns[0]?.parts ?? [];

const refuses = (body: JsonObject, param: string): void =>
  assert.throws(
    () => read(body),
    (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request' && thrown.details.param === param,
  );

describe('anthropic request from a client', () => {
  it('reads what coding assistants send', () => {
    const request = read({
      stream: true,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=1; cch=0af31;' },
        { type: 'text', text: 'You are terse.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather?', cache_control: { type: 'ephemeral' } }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'ZGF0YQ' },
            { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: 'no',
              is_error: true,
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
      ],
      tools: [{ name: 'get_weather', description: 'Weather.', input_schema: { type: 'object' }, defer_loading: true }],
      context_management: { edits: [] },
      metadata: { user_id: '{"device_id":"d","session_id":"s"}' },
    });
    assert.deepEqual(request, {
      model: 'm',
      turns: [
        { role: 'system', parts: [{ type: 'text', text: 'You are terse.', cache: { ttl: '1h' } }] },
        { role: 'user', parts: [{ type: 'text', text: 'Weather?', cache: {} }] },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Hm.', extras: { anthropic: { signature: 'c2ln' } } },
            { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'ZGF0YQ' } } },
            { type: 'tool-call', id: 'toolu_1', name: 'get_weather', input: '{"city":"Oslo"}' },
          ],
        },
        {
          role: 'user',
          parts: [
            { type: 'tool-result', id: 'toolu_1', isError: true, parts: [{ type: 'text', text: 'no' }], cache: {} },
          ],
        },
      ],
      tools: [
        {
          name: 'get_weather',
          description: 'Weather.',
          schema: { type: 'object' },
          extras: { anthropic: { defer_loading: true } },
        },
      ],
      settings: { maxOutput: 10 },
      stream: true,
      wantsUsage: true,
      unknown: [],
    });
  });

  it('gives back to Anthropic what it reads', () => {
    const body = {
      model: 'claude-sonnet-4-5',
      max_tokens: 4000,
      system: [{ type: 'text', text: 'Be terse.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            { type: 'text', text: 'What?' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
      ],
      stop_sequences: ['END'],
      tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral', ttl: '5m' } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 2000 },
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
      stream: true,
    };
    assert.deepEqual(anthropic.writeRequest(anthropic.readRequest(body)), body);
  });

  it('reads plain text content, a system prompt as text, and a system turn among the others', () => {
    const { turns } = read({
      system: 'Be terse.',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Be kind.' },
        { role: 'assistant', content: '' },
      ],
    });
    assert.deepEqual(turns, [
      { role: 'system', parts: [{ type: 'text', text: 'Be terse.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'assistant', parts: [] },
    ]);
  });

  it('reads images and documents from every source', () => {
    const base64 = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
    assert.deepEqual(
      partsOf({ type: 'image', source: base64 }, { type: 'image', source: { type: 'file', file_id: 'f1' } }),
      [
        { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
        { type: 'media', kind: 'image', fileId: 'f1' },
      ],
    );
    assert.deepEqual(
      partsOf(
        { type: 'document', title: 'a.pdf', source: { type: 'url', url: 'https://a.example/a.pdf' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A note.' } },
        {
          type: 'document',
          source: {
            type: 'content',
            content: [
              { type: 'text', text: 'One.' },
              { type: 'text', text: 'Two.' },
            ],
          },
          cache_control: {},
        },
      ),
      [
        { type: 'media', kind: 'file', mediaType: 'application/pdf', url: 'https://a.example/a.pdf', name: 'a.pdf' },
        { type: 'text', text: 'A note.' },
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two.', cache: {} },
      ],
    );
  });

  it('reads the text in search results, summaries and found tools, and leaves out the rest of Anthropic’s own blocks', () => {
    assert.deepEqual(
      partsOf(
        { type: 'search_result', title: 'T', source: 'https://a.example', content: [{ type: 'text', text: 'Body.' }] },
        { type: 'compaction', content: 'So far.' },
        { type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'f' }] },
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      ),
      [
        { type: 'text', text: 'T\nhttps://a.example\nBody.' },
        { type: 'text', text: 'So far.' },
        { type: 'tool-result', id: 't', parts: [{ type: 'text', text: 'f' }] },
      ],
    );
  });

  it('reads how much to think', () => {
    const reasoningOf = (body: JsonObject): unknown => settingsOf(body).reasoning;
    assert.deepEqual(reasoningOf({ thinking: { type: 'enabled', budget_tokens: 2000 } }), { budget: 2000 });
    assert.deepEqual(
      reasoningOf({ thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } }),
      {
        effort: 'max',
        adaptive: true,
        show: true,
      },
    );
    assert.deepEqual(reasoningOf({ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }), {
      effort: 'none',
    });
    assert.deepEqual(reasoningOf({ output_config: { effort: 'low' } }), { effort: 'low' });
    assert.equal(reasoningOf({}), undefined);
  });

  it('reads the other settings', () => {
    const schema = { type: 'object' };
    assert.deepEqual(
      settingsOf({
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        stop_sequences: ['END'],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
        output_config: { format: { type: 'json_schema', schema } },
        metadata: { user_id: 'u1' },
        service_tier: 'standard_only',
      }),
      {
        temperature: 0,
        topP: 0.5,
        topK: 3,
        stop: ['END'],
        parallelTools: false,
        format: { type: 'json-schema', schema },
        user: 'u1',
        serviceTier: 'default',
      },
    );
  });

  it('reads the choice among tools', () => {
    const choiceOf = (type: string): unknown => read({ tool_choice: { type, name: 'f' } }).toolChoice;
    assert.deepEqual(['auto', 'none', 'any', 'tool'].map(choiceOf), [
      { type: 'auto' },
      { type: 'none' },
      { type: 'required' },
      { type: 'named', name: 'f' },
    ]);
    assert.equal(read().toolChoice, undefined);
  });

  it('names what no other provider can do', () => {
    const { unknown, tools } = read({
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'custom', name: 'f' },
        { type: 'bash_20250124', name: 'bash' },
      ],
      mcp_servers: [{ type: 'url', url: 'https://a.example' }],
      container: null,
      top_q: 1,
    });
    assert.deepEqual(unknown, ['mcp_servers', 'top_q', 'tools.web_search_20250305', 'tools.bash_20250124']);
    assert.deepEqual(
      tools.map((tool) => tool.name),
      ['f'],
    );
  });

  it('refuses message threads in the words by which the SDKs go on without', () => {
    assert.throws(
      () => read({ thread: { type: 'create' } }),
      (thrown) => {
        assert.ok(thrown instanceof Failure);
        assert.equal(thrown.status, 400);
        const { error } = anthropic.writeFailure(thrown) as {
          error: { details: { error_code: string; unsupported: unknown[] } };
        };
        assert.equal(error.details.error_code, 'thread_unsupported_request');
        assert.equal(error.details.unsupported.length, 1);
        return true;
      },
    );
  });

  it('names the field that cannot be understood', () => {
    refuses({ model: undefined }, 'model');
    refuses({ messages: 'Hi' }, 'messages');
    refuses({ messages: ['Hi'] }, 'messages.0');
    refuses({ messages: [{ role: 'tool', content: 'Hi' }] }, 'messages.0.role');
    refuses({ messages: [{ role: 'user', content: 7 }] }, 'messages.0.content');
    refuses(
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'ftp' } }] }] },
      'messages.0.content',
    );
    refuses({ tools: [{ input_schema: {} }] }, 'tools.0.name');
    refuses({ tool_choice: { type: 'some' } }, 'tool_choice.type');
  });
});
