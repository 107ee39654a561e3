import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import type { ChatRequest, Part, Turn } from '../../../src/chat/chat.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const read = (body: JsonObject): ChatRequest => openaiResponses.readRequest({ model: 'm', input: 'Hi.', ...body });
const turnsOf = (...input: readonly JsonObject[]): readonly Turn[] => read({ input }).turns;
const partsOf = (item: JsonObject): readonly Part[] => turnsOf(item)[0]?.parts ?? [];
const refused = (body: JsonObject): Failure => {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'invalid-request') return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
};
const text = (value: string): Part => ({ type: 'text', text: value });

describe('the input of a request for a response', () => {
  it('may be a text, with instructions before it', () => {
    assert.deepEqual(read({ input: 'Hi.', instructions: 'Be kind.' }).turns, [
      { role: 'system', parts: [text('Be kind.')] },
      { role: 'user', parts: [text('Hi.')] },
    ]);
  });

  it('may be messages of every role, in the long form and in the easy one', () => {
    const content = [{ type: 'input_text', text: 'a' }];
    assert.deepEqual(
      turnsOf(
        { type: 'message', id: 'msg_1', role: 'developer', content },
        { role: 'system', content: 'b' },
        { role: 'user', content },
        {
          type: 'message',
          id: 'msg_2',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'c' }],
        },
      ),
      [
        { role: 'system', parts: [text('a')] },
        { role: 'system', parts: [text('b')] },
        { role: 'user', parts: [text('a')] },
        { role: 'assistant', parts: [text('c')] },
      ],
    );
  });

  it('makes one turn of what the model thought, said and called, and one of the results', () => {
    const turns = turnsOf(
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'hm' }],
        content: null,
        encrypted_content: 'e',
      },
      { type: 'message', role: 'assistant', content: 'I look.' },
      { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{"x":1}', status: 'completed' },
      { type: 'function_call', call_id: 'b', name: 'g', arguments: '' },
      { type: 'function_call_output', id: 'fco_1', call_id: 'a', output: 'one' },
      {
        type: 'function_call_output',
        call_id: 'b',
        output: [
          { type: 'input_text', text: 'two' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA==' },
        ],
      },
    );
    assert.deepEqual(turns, [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'hm', extras: { 'openai-responses': { id: 'rs_1', encrypted_content: 'e' } } },
          text('I look.'),
          { type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}' },
          { type: 'tool-call', id: 'b', name: 'g', input: '' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool-result', id: 'a', parts: [text('one')] },
          {
            type: 'tool-result',
            id: 'b',
            parts: [text('two'), { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AA==' }],
          },
        ],
      },
    ]);
  });

  it('holds pictures, files and sounds, inline and elsewhere', () => {
    const content = [
      { type: 'input_image', image_url: 'https://a.example/b.png', detail: 'low' },
      { type: 'input_image', file_id: 'file_1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
      { type: 'input_file', file_url: 'https://a.example/a.pdf' },
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
    ];
    assert.deepEqual(partsOf({ role: 'user', content }), [
      { type: 'media', kind: 'image', url: 'https://a.example/b.png', extras: { 'openai-chat': { detail: 'low' } } },
      { type: 'media', kind: 'image', fileId: 'file_1' },
      { type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'AA==', name: 'a.pdf' },
      { type: 'media', kind: 'file', url: 'https://a.example/a.pdf' },
      { type: 'media', kind: 'audio', mediaType: 'audio/mpeg', data: 'AA==' },
    ]);
  });

  it('holds calls of custom tools and of a shell, which become those of functions', () => {
    const turns = turnsOf(
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'a', name: 'patch', input: '*** "x"' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'done' },
      { type: 'local_shell_call', call_id: 'b', action: { type: 'exec', command: ['ls'], env: {} } },
      { type: 'local_shell_call_output', call_id: 'b', output: 'x.txt' },
    );
    const calls = turns.flatMap(({ parts }) => parts).filter((part) => part.type === 'tool-call');
    assert.deepEqual(
      calls.map(({ name, input }) => [name, input]),
      [
        ['patch', '{"input":"*** \\"x\\""}'],
        ['local_shell', '{"command":["ls"],"env":{}}'],
      ],
    );
    assert.deepEqual(
      turns.map(({ role }) => role),
      ['assistant', 'user', 'assistant', 'user'],
    );
  });

  it('keeps the phase of a message, also of a refusal', () => {
    const content = [{ type: 'refusal', refusal: 'No.' }];
    assert.deepEqual(partsOf({ role: 'assistant', phase: 'commentary', content }), [
      {
        type: 'text',
        text: 'No.',
        extras: { 'openai-chat': { refusal: true }, 'openai-responses': { phase: 'commentary' } },
      },
    ]);
  });

  it('drops what tools of OpenAI’s servers did, and says so', () => {
    const { turns, dropped } = read({
      input: [
        { role: 'user', content: 'Hi.' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } },
        { type: 'reasoning', id: 'rs_1', summary: [] },
      ],
    });
    assert.equal(turns.length, 1);
    assert.deepEqual(dropped, ['input[1] (web_search_call)']);
  });

  it('is refused where it names what only OpenAI keeps, and the field is told', () => {
    for (const [body, param] of [
      [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
      [{ conversation: { id: 'conv_1' } }, 'conversation'],
      [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
      [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'],
    ] as const) {
      const { details, message } = refused(body);
      assert.equal(details.param, param);
      assert.equal(details.code, 'previous_response_not_found');
      assert.match(message, /Send the whole conversation/);
    }
  });

  it('is refused where it cannot be understood, and the place is told', () => {
    for (const [body, param] of [
      [{ input: null }, 'input'],
      [{ input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
      [{ input: [{ role: 'user', content: [{ type: 'input_smell' }] }] }, 'input[0].content[0].type'],
      [{ input: [{ type: 'function_call_output', output: 'x' }] }, 'input[0].call_id'],
      [{ input: [{ type: 'compaction', encrypted_content: 'x' }] }, 'input[0]'],
      [{ temperature: 'hot' }, 'temperature'],
      [{ reasoning: { effort: 'huge' } }, 'reasoning.effort'],
      [{ text: { format: { type: 'xml' } } }, 'text.format'],
      [{ tools: {} }, 'tools'],
      [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
      [{ tool_choice: 7 }, 'tool_choice'],
    ] as const)
      assert.equal(refused(body).details.param, param);
  });
});

describe('the tools of a request for a response', () => {
  it('are functions', () => {
    const schema = { type: 'object', properties: {} };
    const { tools } = read({
      tools: [{ type: 'function', name: 'f', description: 'F', parameters: schema, strict: true }],
    });
    assert.deepEqual(tools, [{ name: 'f', description: 'F', schema, strict: true }]);
  });

  it('are functions of one text where they take a text, with its grammar described', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
    const [tool] = read({ tools: [{ type: 'custom', name: 'patch', description: 'Patches.', format }] }).tools;
    assert.match(tool?.description ?? '', /^Patches\.\n\n.*lark grammar:\nstart: "x"$/s);
    assert.deepEqual(tool?.schema?.['required'], ['input']);
  });

  it('are functions with joined names where they stand in a namespace', () => {
    const inner = { type: 'function', name: 'spawn', parameters: {} };
    const body = {
      tools: [{ type: 'namespace', name: 'agents', tools: [inner] }],
      input: [{ type: 'function_call', call_id: 'a', namespace: 'agents', name: 'spawn', arguments: '{}' }],
      tool_choice: { type: 'function', name: 'spawn', namespace: 'agents' },
    };
    const { tools, turns, toolChoice } = read(body);
    const [call] = turns[0]?.parts ?? [];
    const names = [
      tools[0]?.name,
      call?.type === 'tool-call' ? call.name : '',
      toolChoice?.type === 'named' ? toolChoice.name : '',
    ];
    assert.deepEqual(names, ['agents__spawn', 'agents__spawn', 'agents__spawn']);
  });

  it('are dropped by name where only OpenAI’s servers have them', () => {
    const { tools, dropped, unknown } = read({
      tools: [{ type: 'local_shell' }, { type: 'web_search' }, { type: 'tool_search' }],
      tool_choice: 'auto',
    });
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['local_shell'],
    );
    assert.deepEqual(dropped, ['tools[1] (web_search)', 'tools[2] (tool_search)']);
    assert.deepEqual(unknown, []);
  });

  it('may be chosen in every form', () => {
    const tools = [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'g' },
    ];
    const chosen = (tool_choice: JsonObject | string) => read({ tools, tool_choice }).toolChoice;
    for (const type of ['auto', 'none', 'required'] as const) assert.deepEqual(chosen(type), { type });
    assert.deepEqual(chosen({ type: 'function', name: 'f' }), { type: 'named', name: 'f' });
    assert.deepEqual(chosen({ type: 'custom', name: 'g' }), { type: 'named', name: 'g' });
    const some = read({ tools, tool_choice: { type: 'allowed_tools', mode: 'required', tools: [tools[1] ?? {}] } });
    assert.deepEqual([some.toolChoice, some.tools.map(({ name }) => name)], [{ type: 'required' }, ['g']]);
  });

  it('cannot be dropped where one must be used', () => {
    const body = { tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } };
    assert.deepEqual(read(body).unknown, ['tool_choice']);
  });
});

describe('the settings of a request for a response', () => {
  it('are read by their names here', () => {
    const schema = { type: 'object' };
    assert.deepEqual(
      read({
        max_output_tokens: 50,
        temperature: 0.5,
        top_p: 0.9,
        top_logprobs: 2,
        parallel_tool_calls: false,
        service_tier: 'flex',
        user: 'u',
        reasoning: { effort: 'low', summary: 'auto' },
        text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' },
      }).settings,
      {
        maxOutput: 50,
        temperature: 0.5,
        topP: 0.9,
        topLogprobs: 2,
        parallelTools: false,
        serviceTier: 'flex',
        user: 'u',
        reasoning: { effort: 'low', show: true },
        format: { type: 'json-schema', name: 'n', schema, strict: true },
        verbosity: 'low',
      },
    );
  });

  it('are none where only the usual is said', () => {
    const usual = { reasoning: { effort: null, summary: null }, text: { format: { type: 'text' } }, top_logprobs: 0 };
    assert.deepEqual(read({ ...usual, temperature: null }).settings, {});
  });

  it('have names for what is unknown, and none for what changes no words', () => {
    const harmless = {
      store: false,
      metadata: {},
      prompt_cache_key: 'k',
      client_metadata: {},
      include: ['reasoning.encrypted_content'],
      truncation: 'auto',
      safety_identifier: 's',
      background: false,
    };
    assert.deepEqual(read(harmless).unknown, []);
    assert.deepEqual(read({ background: true, wings: 2, max_tokens: 5 }).unknown, [
      'background',
      'wings',
      'max_tokens',
    ]);
  });
});
