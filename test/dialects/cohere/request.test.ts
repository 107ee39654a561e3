import assert from 'node:assert/strict';
import type { ChatRequest, Part, Reasoning, Settings, Tool } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { cohere } from '../../../src/dialects/cohere/cohere.ts';

const plain: ChatRequest = {
  model: 'command-a-03-2025',
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
};
const reasoner = 'command-a-reasoning-08-2025';
const schema = { type: 'object', properties: { city: { type: 'string' } } };

const history: ChatRequest['turns'] = [
  { role: 'system', parts: [{ type: 'text', text: 'Be terse.' }] },
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'Look.' },
      { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'I will ask.' },
      { type: 'tool-call', id: 'c1', name: 'weather', input: '{"city":"Oslo"}' },
      { type: 'tool-call', id: 'c2', name: 'list', input: '' },
    ],
  },
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'Go on.' },
      { type: 'tool-result', id: 'c1', parts: [{ type: 'text', text: '3 degrees' }] },
      { type: 'tool-result', id: 'c2', parts: [{ type: 'media', kind: 'image', url: 'https://a.example/b.png' }] },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Cold.' },
      { type: 'text', text: 'Cold.' },
    ],
  },
];

describe('cohere request', () => {
  it('holds nothing but what was asked', () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    assert.deepEqual(cohere.writeRequest(plain), { model: 'command-a-03-2025', messages, stream: false });
    assert.equal(cohere.writeRequest({ ...plain, stream: true }).stream, true);
  });

  it('writes a history with a plan, calls, results and images', () => {
    assert.deepEqual(cohere.writeRequest({ ...plain, turns: history }).messages, [
      { role: 'system', content: 'Be terse.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look.' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
      {
        role: 'assistant',
        tool_plan: 'I will ask.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          { id: 'c2', type: 'function', function: { name: 'list', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '3 degrees' },
      { role: 'tool', tool_call_id: 'c2', content: '' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
          { type: 'text', text: 'Go on.' },
        ],
      },
      { role: 'assistant', content: 'Cold.' },
    ]);
  });

  it('gives thinking back to a model that thinks', () => {
    const { messages } = cohere.writeRequest({ ...plain, model: reasoner, turns: history.slice(-1) });
    const content = [
      { type: 'thinking', thinking: 'Cold.' },
      { type: 'text', text: 'Cold.' },
    ];
    assert.deepEqual(messages, [{ role: 'assistant', content }]);
  });

  it('writes tools, their choice, and strictness where all are strict', () => {
    const tools: Tool[] = [{ name: 'weather', description: 'Get it.', schema, strict: true }, { name: 'list' }];
    const written = [
      { type: 'function', function: { name: 'weather', description: 'Get it.', parameters: schema } },
      { type: 'function', function: { name: 'list', parameters: { type: 'object', properties: {} } } },
    ];
    const sent = (toolChoice: ChatRequest['toolChoice'], some = tools) => {
      const body = cohere.writeRequest({ ...plain, tools: some, ...(toolChoice && { toolChoice }) });
      return [body.tools, body.tool_choice, body.strict_tools];
    };
    assert.deepEqual(sent({ type: 'auto' }), [written, undefined, undefined]);
    assert.deepEqual(sent({ type: 'none' }), [written, 'NONE', undefined]);
    assert.deepEqual(sent({ type: 'required' }), [written, 'REQUIRED', undefined]);
    assert.deepEqual(sent({ type: 'named', name: 'weather' }), [written.slice(0, 1), 'REQUIRED', true]);
    assert.deepEqual(sent({ type: 'required' }, []), [undefined, undefined, undefined]);
  });

  it('writes the settings it says it can express', () => {
    const settings: Settings = {
      maxOutput: 64,
      temperature: 0,
      topP: 1,
      topK: 40,
      stop: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      format: { type: 'json-schema', schema },
      reasoning: { budget: 500 },
    };
    assert.deepEqual(new Set(Object.keys(settings)), cohere.expresses);
    assert.deepEqual(cohere.writeRequest({ ...plain, model: reasoner, settings }), {
      model: reasoner,
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_object', json_schema: schema },
      max_tokens: 64,
      temperature: 0,
      p: 0.99, // Cohere's largest
      k: 40,
      stop_sequences: ['END'],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      thinking: { type: 'enabled', token_budget: 500 },
      stream: false,
    });
    const json = cohere.writeRequest({ ...plain, settings: { format: { type: 'json' } } });
    assert.deepEqual(json.response_format, { type: 'json_object' });
  });

  it('asks only models that can to think', () => {
    const thinking = (reasoning: Reasoning, model = reasoner) =>
      cohere.writeRequest({ ...plain, model, settings: { reasoning } }).thinking;
    assert.deepEqual(thinking({ effort: 'none' }), { type: 'disabled' });
    assert.deepEqual(thinking({ effort: 'high' }), { type: 'enabled' });
    assert.equal(thinking({ show: true }), undefined);
    assert.equal(thinking({ budget: 1024 }, 'command-a-03-2025'), undefined);
  });

  it('limits the output', () => {
    assert.deepEqual(cohere.limitOutput({ model: 'm', max_tokens: 99 }, 9), { model: 'm', max_tokens: 9 });
  });

  it('refuses media that Cohere cannot take', () => {
    const refused = (part: Part): void =>
      assert.throws(
        () => cohere.writeRequest({ ...plain, turns: [{ role: 'user', parts: [part] }] }),
        (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request',
      );
    refused({ type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'AAAA' });
    refused({ type: 'media', kind: 'image', fileId: 'f1' });
  });
});
