import assert from 'node:assert/strict';
import type { ChatRequest, Part, Settings, TextPart } from '../../../src/chat/chat.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import { objectsIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { requestOf } from './support.ts';

const write = (change: Partial<ChatRequest>): JsonObject =>
  openaiResponses.writeRequest({
    model: 'gpt-4.1',
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi.' }] }],
    tools: [],
    settings: {},
    stream: false,
    wantsUsage: true,
    unknown: [],
    ...change,
  });
const text = (value: string): TextPart => ({ type: 'text', text: value });
const inputOf = (...turns: ChatRequest['turns']): readonly JsonObject[] => objectsIn(write({ turns })['input']);

describe('a request written for responses', () => {
  it('sends the whole conversation, and asks that nothing be kept', () => {
    assert.deepEqual(write({}), {
      model: 'gpt-4.1',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] }],
      store: false,
    });
    assert.equal(write({ stream: true })['stream'], true);
  });

  it('asks reasoning models for their reasoning, to be sent back', () => {
    for (const model of ['o4-mini', 'gpt-5.1', 'gpt-5-codex'])
      assert.deepEqual(write({ model })['include'], ['reasoning.encrypted_content'], model);
    for (const model of ['gpt-4.1', 'gpt-5-chat-latest', 'grok-4'])
      assert.equal(write({ model })['include'], undefined, model);
  });

  it('makes instructions of the system turns that stand first, and messages of later ones', () => {
    const system = { role: 'system', parts: [text('a')] } as const;
    const user = { role: 'user', parts: [text('Hi.')] } as const;
    const body = write({ turns: [system, { ...system, parts: [text('b')] }, user, system] });
    assert.equal(body['instructions'], 'a\n\nb');
    assert.deepEqual(
      objectsIn(body['input']).map(({ role }) => role),
      ['user', 'developer'],
    );
    assert.deepEqual(
      inputOf(system).map(({ role }) => role),
      ['developer'],
    );
  });

  it('has items without ids for what the model thought, said and called', () => {
    const extras = { 'openai-responses': { id: 'rs_1', encrypted_content: 'e' } };
    const input = inputOf(
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'unsealed' },
          { type: 'reasoning', text: 'hm', extras },
          { type: 'reasoning', text: 'another’s', extras: { anthropic: { signature: 's' } } },
          { type: 'text', text: 'I look.', extras: { 'openai-responses': { phase: 'commentary' } } },
          { type: 'text', text: 'No.', extras: { 'openai-chat': { refusal: true } } },
          { type: 'tool-call', id: 'a', name: 'f', input: '' },
        ],
      },
      {
        role: 'user',
        parts: [text('And then?'), { type: 'tool-result', id: 'a', parts: [text('one')] }],
      },
    );
    assert.deepEqual(input, [
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'e' },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
        phase: 'commentary',
      },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'one' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And then?' }] },
    ]);
  });

  it('holds pictures, files and sounds, also in results', () => {
    const picture = { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AA==' } as const;
    const parts: readonly Part[] = [
      { type: 'tool-result', id: 'a', parts: [{ type: 'text', text: 'see' }, picture] },
      { type: 'media', kind: 'image', url: 'https://a.example/b.png', extras: { 'openai-chat': { detail: 'low' } } },
      { type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'AA==' },
      { type: 'media', kind: 'file', url: 'https://a.example/a.pdf', name: 'a.pdf' },
      { type: 'media', kind: 'file', fileId: 'file_1' },
      { type: 'media', kind: 'audio', mediaType: 'audio/mpeg', data: 'AA==' },
    ];
    assert.deepEqual(inputOf({ role: 'user', parts }), [
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AA==' },
        ],
      },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_image', detail: 'low', image_url: 'https://a.example/b.png' },
          { type: 'input_file', filename: 'file', file_data: 'data:application/pdf;base64,AA==' },
          { type: 'input_file', filename: 'a.pdf', file_url: 'https://a.example/a.pdf' },
          { type: 'input_file', file_id: 'file_1' },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
        ],
      },
    ]);
  });

  it('has tools that are not strict unless they were', () => {
    const body = write({
      tools: [
        { name: 'f', description: 'F' },
        { name: 'g', schema: { type: 'object' }, strict: true },
      ],
      toolChoice: { type: 'named', name: 'g' },
    });
    assert.deepEqual(body['tools'], [
      { type: 'function', name: 'f', description: 'F', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'g', parameters: { type: 'object' }, strict: true },
    ]);
    assert.deepEqual(body['tool_choice'], { type: 'function', name: 'g' });
  });

  it('has the settings by their names here', () => {
    const schema = { type: 'object' };
    const settings: Settings = {
      maxOutput: 50,
      temperature: 0.5,
      parallelTools: false,
      format: { type: 'json-schema', schema },
      verbosity: 'low',
    };
    const body = write({ settings });
    assert.equal(body['max_output_tokens'], 50);
    assert.equal(body['parallel_tool_calls'], false);
    assert.deepEqual(body['text'], { format: { type: 'json_schema', name: 'answer', schema }, verbosity: 'low' });
  });

  it('asks for a summary where the thinking is to be seen, and not for an effort alone', () => {
    const reasoning = (asked: Settings['reasoning']) =>
      write({ model: 'gpt-5', settings: asked ? { reasoning: asked } : {} })['reasoning'];
    assert.deepEqual(reasoning({ effort: 'low' }), { effort: 'low' });
    assert.deepEqual(reasoning({ effort: 'max', show: true }), { effort: 'xhigh', summary: 'auto' });
    assert.deepEqual(reasoning({ budget: 5000 }), { effort: 'medium', summary: 'auto' });
    assert.deepEqual(reasoning({ budget: 5000, show: false }), { effort: 'medium' });
    assert.deepEqual(reasoning({ adaptive: true }), { summary: 'auto' });
    assert.deepEqual(reasoning({ effort: 'none' }), { effort: 'none' });
    assert.equal(reasoning(undefined), undefined);
  });

  it('does not tell a model that cannot reason how to', () => {
    const settings: Settings = { reasoning: { effort: 'low' } };
    assert.equal(write({ model: 'gpt-4.1', settings })['reasoning'], undefined);
    assert.deepEqual(write({ model: 'gpt-oss-120b', settings })['reasoning'], { effort: 'low' });
  });

  it('gives back what it was read from', () => {
    const body = {
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'e' },
        { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '*** "x"' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'done' },
        {
          type: 'local_shell_call',
          call_id: 'b',
          action: { type: 'exec', command: ['ls'], env: { A: 'b' }, timeout_ms: 5 },
        },
        { type: 'local_shell_call_output', call_id: 'b', output: 'x.txt' },
      ],
      tools: [{ type: 'custom', name: 'patch', format: { type: 'text' } }, { type: 'local_shell' }],
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      store: false,
    };
    assert.deepEqual(openaiResponses.writeRequest({ ...requestOf(body), stream: false }), { model: 'm', ...body });
  });

  it('takes its output limit in its own word', () => {
    assert.deepEqual(openaiResponses.limitOutput({ model: 'm', max_output_tokens: 9 }, 5), {
      model: 'm',
      max_output_tokens: 5,
    });
  });
});
