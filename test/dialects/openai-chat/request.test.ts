import assert from 'node:assert/strict';
import type { Part, Turn } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { gatewayFields, isGatewayField, openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const user = { role: 'user', content: 'Hi' };
const read = (body: JsonObject) => openaiChat.readRequest({ model: 'm', messages: [user], ...body });
const turns = (...messages: readonly JsonObject[]): readonly Turn[] => read({ messages }).turns;
const userParts = (...content: readonly JsonObject[]): readonly Part[] =>
  turns({ role: 'user', content })[0]?.parts ?? [];
const text = (value: string): Part => ({ type: 'text', text: value });

describe('a request in OpenAI’s chat format', () => {
  it('is read with little more than a model and a message', () => {
    assert.deepEqual(read({}), {
      model: 'm',
      turns: [{ role: 'user', parts: [text('Hi')] }],
      tools: [],
      settings: {},
      stream: false,
      wantsUsage: false,
      unknown: [],
    });
  });

  it('names fields that it does not know, and those it knows only of its own kind', () => {
    const body = { min_p: 0.1, web_search_options: {}, modalities: ['text', 'audio'], repetition_penalty: null };
    assert.deepEqual(read(body).unknown, ['min_p', 'web_search_options', 'modalities']);
    assert.deepEqual(read({ modalities: ['text'], stream_options: {}, usage: { include: true } }).unknown, []);
  });

  it('keeps OpenAI’s harmless fields for OpenAI', () => {
    const facts = { metadata: { a: '1' }, store: false, prompt_cache_key: 'k', safety_identifier: 's' };
    const request = read(facts);
    assert.deepEqual(request.unknown, []);
    assert.deepEqual(request.extras, { 'openai-chat': facts });
    assert.deepEqual({ ...openaiChat.writeRequest(request), ...facts }, openaiChat.writeRequest(request));
  });

  it('passes over what is meant for the gateway', () => {
    const body = Object.fromEntries([...gatewayFields, 'litellm_anything'].map((field) => [field, 'x']));
    assert.deepEqual(read(body).unknown, []);
    assert.ok(!isGatewayField('metadata'));
  });

  it('asks for a stream and its usage', () => {
    const { stream, wantsUsage } = read({ stream: true, stream_options: { include_usage: true } });
    assert.deepEqual([stream, wantsUsage], [true, true]);
  });
});

describe('messages', () => {
  it('may be of every role, the newer and the older words too', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
    assert.deepEqual(
      turns(
        { role: 'developer', content: 'Be terse.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }], name: 'ann' },
        { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'c2' }] },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: 'And?' },
      ),
      [
        { role: 'system', parts: [text('Be terse.')] },
        { role: 'user', parts: [text('Hi')], name: 'ann' },
        {
          role: 'assistant',
          parts: [
            { type: 'tool-call', id: 'c1', name: 'f', input: '{"x":1}' },
            { type: 'tool-call', id: 'c2', name: 'f', input: '{"x":1}' },
          ],
        },
        {
          role: 'user',
          parts: [
            { type: 'tool-result', id: 'c1', parts: [text('one')] },
            { type: 'tool-result', id: 'c2', parts: [text('two')] },
          ],
        },
        { role: 'user', parts: [text('And?')] },
      ],
    );
  });

  it('of 2023 find the call that a function’s result belongs to', () => {
    const [, call, result] = turns(
      user,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
      { role: 'function', name: 'f', content: '7' },
    );
    const [made] = call?.parts ?? [];
    assert.ok(made?.type === 'tool-call' && made.name === 'f' && made.input === '');
    assert.deepEqual(result?.parts, [{ type: 'tool-result', id: made.id, name: 'f', parts: [text('7')] }]);
  });

  it('may be empty', () => {
    assert.deepEqual(
      turns({ role: 'user', content: '' }, { role: 'assistant', content: null }).map(({ parts }) => parts),
      [[], []],
    );
  });

  it('hold images at an address or inside, with the detail asked for', () => {
    assert.deepEqual(
      userParts(
        { type: 'image_url', image_url: { url: 'https://a.example/x.png', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        { type: 'image_url', image_url: 'data:text/plain,a%20b' },
      ),
      [
        { type: 'media', kind: 'image', url: 'https://a.example/x.png', extras: { 'openai-chat': { detail: 'low' } } },
        { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
        { type: 'media', kind: 'image', mediaType: 'text/plain', data: 'YSBi' },
      ],
    );
  });

  it('hold sounds and files', () => {
    assert.deepEqual(
      userParts(
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,BBBB', filename: 'a.pdf' } },
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'file', file: { file_data: 'CCCC' } },
      ),
      [
        { type: 'media', kind: 'audio', mediaType: 'audio/mpeg', data: 'AAAA' },
        { type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'BBBB', name: 'a.pdf' },
        { type: 'media', kind: 'file', fileId: 'file-1' },
        { type: 'media', kind: 'file', data: 'CCCC' },
      ],
    );
  });

  it('carry cache marks on parts, whole messages, results and tools', () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' };
    const read = turns(
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control }] },
      { role: 'user', content: 'b', cache_control: { type: 'ephemeral' } },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'd', cache_control }] },
    );
    assert.deepEqual(
      read.map(({ parts }) => parts[0]?.cache),
      [{ ttl: '1h' }, {}, { ttl: '1h' }],
    );
    const result = read[2]?.parts[0];
    assert.deepEqual(result?.type === 'tool-result' && result.parts, [text('d')]);
  });

  it('carry earlier thinking, with the signatures that must come back', () => {
    const thinking = (message: JsonObject) => turns({ role: 'assistant', content: 'x', ...message })[0]?.parts[0];
    assert.deepEqual(thinking({ reasoning_content: 'hm' }), { type: 'reasoning', text: 'hm' });
    assert.deepEqual(thinking({ reasoning: 'hm' }), { type: 'reasoning', text: 'hm' });
    assert.deepEqual(
      thinking({ reasoning_content: 'hm', thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }] }),
      { type: 'reasoning', text: 'hm', extras: { anthropic: { signature: 's' } } },
    );
    assert.deepEqual(thinking({ thinking_blocks: [{ type: 'redacted_thinking', data: 'd' }] }), {
      type: 'reasoning',
      text: '',
      extras: { anthropic: { redacted: 'd' } },
    });
    const mistral = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'x' },
    ];
    assert.deepEqual(thinking({ content: mistral }), { type: 'reasoning', text: 'hm' });
    const sealed = { type: 'reasoning.encrypted', data: 'd', format: 'openai-responses-v1', id: 'r' };
    assert.deepEqual(thinking({ reasoning_details: [{ type: 'reasoning.text', text: 'hm' }, sealed] }), {
      type: 'reasoning',
      text: 'hm',
      extras: { 'openai-chat': { reasoning_details: [sealed] } },
    });
  });

  it('carry Gemini’s signatures on calls', () => {
    const call = {
      id: 'c',
      type: 'function',
      function: { name: 'f', arguments: '' },
      extra_content: { google: { thought_signature: 's' } },
    };
    assert.deepEqual(turns({ role: 'assistant', tool_calls: [call] })[0]?.parts, [
      { type: 'tool-call', id: 'c', name: 'f', input: '', extras: { gemini: { thoughtSignature: 's' } } },
    ]);
  });

  it('keep a refusal apart from an answer', () => {
    assert.deepEqual(turns({ role: 'assistant', content: null, refusal: 'No.' })[0]?.parts, [
      { type: 'text', text: 'No.', extras: { 'openai-chat': { refusal: true } } },
    ]);
  });
});

describe('tools', () => {
  const fn = { name: 'f', description: 'd', parameters: { type: 'object' } };
  const tool = { name: 'f', description: 'd', schema: { type: 'object' } };

  it('are functions, in the newer form or that of 2023', () => {
    assert.deepEqual(read({ tools: [{ type: 'function', function: { ...fn, strict: true } }] }).tools, [
      { ...tool, strict: true },
    ]);
    assert.deepEqual(read({ functions: [fn] }).tools, [tool]);
  });

  it('carry a cache mark on themselves or on their function', () => {
    const cache_control = { type: 'ephemeral' };
    assert.deepEqual(read({ tools: [{ type: 'function', function: fn, cache_control }] }).tools[0]?.cache, {});
    assert.deepEqual(read({ tools: [{ type: 'function', function: { ...fn, cache_control } }] }).tools[0]?.cache, {});
  });

  it('are chosen by word or by name', () => {
    const choice = (tool_choice: JsonObject | string) => read({ tool_choice }).toolChoice;
    assert.deepEqual(choice('auto'), { type: 'auto' });
    assert.deepEqual(choice('none'), { type: 'none' });
    assert.deepEqual(choice('required'), { type: 'required' });
    assert.deepEqual(choice('any'), { type: 'required' });
    assert.deepEqual(choice({ type: 'function', function: { name: 'f' } }), { type: 'named', name: 'f' });
    assert.deepEqual(read({ function_call: { name: 'f' } }).toolChoice, { type: 'named', name: 'f' });
    assert.equal(read({}).toolChoice, undefined);
  });
});

describe('settings', () => {
  const settings = (body: JsonObject) => read(body).settings;

  it('are read under OpenAI’s names', () => {
    const body = {
      temperature: 0,
      top_p: 0.5,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { 5: 1 },
      logprobs: true,
      top_logprobs: 2,
      n: 2,
      parallel_tool_calls: false,
      verbosity: 'low',
      user: 'ann',
      service_tier: 'flex',
      stop: 'END',
    };
    const { stop, ...rest } = settings(body);
    assert.deepEqual(stop, ['END']);
    assert.equal(Object.keys(rest).length, Object.keys(body).length - 1);
    assert.deepEqual(openaiChat.writeRequest(read(body)), {
      model: 'm',
      messages: [user],
      ...body,
      stop: ['END'],
    });
  });

  it('leave out what is null, and the one answer that is usual', () => {
    assert.deepEqual(settings({ temperature: null, stop: null, n: 1, max_tokens: null, response_format: null }), {});
  });

  it('take the lower of two output limits', () => {
    assert.equal(settings({ max_tokens: 100 }).maxOutput, 100);
    assert.equal(settings({ max_tokens: 100, max_completion_tokens: 50 }).maxOutput, 50);
  });

  it('know three forms of an answer', () => {
    const schema = { type: 'object' };
    assert.equal(settings({ response_format: { type: 'text' } }).format, undefined);
    assert.deepEqual(settings({ response_format: { type: 'json_object' } }).format, { type: 'json' });
    assert.deepEqual(
      settings({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } } }).format,
      {
        type: 'json-schema',
        name: 'n',
        schema,
        strict: true,
      },
    );
  });

  it('understand every way to ask for thinking', () => {
    const thinking = (body: JsonObject) => settings(body).reasoning;
    assert.deepEqual(thinking({ reasoning_effort: 'high' }), { effort: 'high' });
    assert.deepEqual(thinking({ reasoning: { effort: 'low', exclude: true } }), { effort: 'low', show: false });
    assert.deepEqual(thinking({ reasoning: { max_tokens: 2000 } }), { budget: 2000 });
    assert.deepEqual(thinking({ reasoning: { enabled: true } }), { effort: 'medium' });
    assert.deepEqual(thinking({ reasoning: { enabled: false } }), { effort: 'none' });
    assert.deepEqual(thinking({ thinking: { type: 'enabled', budget_tokens: 1024 } }), { budget: 1024 });
    assert.deepEqual(thinking({ thinking: { type: 'disabled' } }), { effort: 'none' });
    assert.deepEqual(thinking({ thinking: { type: 'adaptive' } }), { adaptive: true });
    assert.deepEqual(thinking({ include_reasoning: true }), { show: true });
    assert.equal(thinking({}), undefined);
  });
});

describe('tools of which only some are allowed', () => {
  it('are those alone, with the order about them', () => {
    const look = { type: 'function', function: { name: 'look' } };
    const sql = { type: 'custom', custom: { name: 'sql' } };
    const tools = [look, sql, { type: 'function', function: { name: 'drop' } }];
    const allowed = (mode: string) => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [look, sql] } });
    const { tools: kept, toolChoice } = read({ tools, tool_choice: allowed('required') });
    assert.deepEqual([kept.map(({ name }) => name), toolChoice], [['look', 'sql'], { type: 'required' }]);
    assert.deepEqual(read({ tools, tool_choice: allowed('auto') }).toolChoice, { type: 'auto' });
  });
});

describe('tools that are no functions', () => {
  const look = { type: 'function', function: { name: 'look' } };

  const search = { type: 'web_search' };

  it('are left out and told by name, where they may be', () => {
    const { tools, dropped } = read({ tools: [look, search] });
    assert.deepEqual([tools.map(({ name }) => name), dropped], [['look'], ['tools[1] (web_search)']]);
  });

  it('are not left out in silence where one of them must be used', () => {
    assert.throws(() => read({ tools: [search], tool_choice: 'required' }), /tool_choice/);
    const tool_choice = { type: 'function', function: { name: 'web_search' } };
    assert.throws(() => read({ tools: [look, search], tool_choice }), /tool_choice/);
  });
});

describe('a request that cannot be understood', () => {
  const cases: readonly (readonly [string, JsonObject, string, string])[] = [
    ['has no model', { model: null }, 'model', 'model is missing'],
    ['has no messages', { messages: null }, 'messages', 'messages is missing'],
    ['has an empty list of them', { messages: [] }, 'messages', 'messages is empty'],
    ['has a message without a role', { messages: [{ content: 'x' }] }, 'messages[0].role', 'is missing'],
    ['has a role nobody knows', { messages: [user, { role: 'bot' }] }, 'messages[1].role', '"bot" is unknown'],
    [
      'has a number for content',
      { messages: [{ role: 'user', content: 7 }] },
      'messages[0].content',
      'a string or a list',
    ],
    [
      'has a part nobody knows',
      { messages: [{ role: 'user', content: [{ type: 'video_url' }] }] },
      'messages[0].content[0].type',
      'video_url',
    ],
    [
      'has a result of no call',
      { messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].tool_call_id',
      'is missing',
    ],
    [
      'has a call without a name',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] },
      'messages[0].tool_calls[0].function.name',
      'is missing',
    ],
    [
      'has calls that are no list',
      { messages: [{ role: 'assistant', tool_calls: {} }] },
      'messages[0].tool_calls',
      'must be a list',
    ],
    [
      'demands a tool of the provider’s own',
      { tools: [{ type: 'web_search' }], tool_choice: 'required' },
      'tool_choice',
      'tools[0] (web_search)',
    ],
    [
      'has a tool without a name',
      { tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
      'is missing',
    ],
    ['has tools that are no list', { tools: {} }, 'tools', 'must be a list'],
    ['has a choice nobody knows', { tool_choice: 'some' }, 'tool_choice', 'must be'],
    ['has a temperature in words', { temperature: 'hot' }, 'temperature', 'must be a number'],
    ['has a limit of nothing', { max_tokens: 0 }, 'max_tokens', 'above zero'],
    ['has a limit in words', { max_completion_tokens: '5' }, 'max_completion_tokens', 'above zero'],
    ['has a number to stop at', { stop: [1] }, 'stop', 'string'],
    ['has a format nobody knows', { response_format: { type: 'xml' } }, 'response_format', 'json_schema'],
    [
      'has a schema format without a schema',
      { response_format: { type: 'json_schema' } },
      'response_format',
      'schema is missing',
    ],
    ['has an effort nobody knows', { reasoning_effort: 'huge' }, 'reasoning_effort', '"huge"'],
  ];
  for (const [sentence, body, param, words] of cases) {
    it(`${sentence}, and is told so by the field`, () => {
      assert.throws(
        () => read(body),
        (error) =>
          error instanceof Failure &&
          error.kind === 'invalid-request' &&
          error.details.param === param &&
          error.message.includes(words),
      );
    });
  }
});
