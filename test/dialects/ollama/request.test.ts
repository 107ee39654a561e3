import assert from 'node:assert/strict';
import type { ChatRequest, Part, Reasoning, Settings } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { ollama } from '../../../src/dialects/ollama/ollama.ts';

const plain: ChatRequest = {
  model: 'qwen3',
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
};
const schema = { type: 'object', properties: { city: { type: 'string' } } };

describe('ollama request', () => {
  it('holds nothing but what was asked, and always says whether to stream', () => {
    assert.deepEqual(ollama.writeRequest(plain), {
      model: 'qwen3',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
    });
    assert.equal(ollama.writeRequest({ ...plain, stream: true })['stream'], true);
  });

  it('writes a history with thinking, calls, results and images', () => {
    const turns: ChatRequest['turns'] = [
      { role: 'system', parts: [{ type: 'text', text: 'Be terse.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
          { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'tool-call', id: 'c1', name: 'weather', input: '{"city":"Oslo"}' },
          { type: 'tool-call', id: 'c2', name: 'list', input: '' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool-result', id: 'c1', parts: [{ type: 'text', text: '3 degrees' }] },
          { type: 'tool-result', id: 'c2', parts: [] },
          { type: 'text', text: 'Go on.' },
        ],
      },
    ];
    assert.deepEqual(ollama.writeRequest({ ...plain, turns })['messages'], [
      { role: 'system', content: 'Be terse.' },
      { role: 'user', content: 'One.\nTwo.', images: ['AAAA'] },
      {
        role: 'assistant',
        content: '',
        thinking: 'Hm.',
        tool_calls: [
          { id: 'c1', function: { name: 'weather', arguments: { city: 'Oslo' } } },
          { id: 'c2', function: { name: 'list', arguments: {} } },
        ],
      },
      { role: 'tool', content: '3 degrees', tool_name: 'weather', tool_call_id: 'c1' },
      { role: 'tool', content: '', tool_name: 'list', tool_call_id: 'c2' },
      { role: 'user', content: 'Go on.' },
    ]);
  });

  it('writes tools, and leaves them out when none may be called', () => {
    const tools = [{ name: 'weather', description: 'Get it.', schema }, { name: 'list' }];
    assert.deepEqual(ollama.writeRequest({ ...plain, tools, toolChoice: { type: 'auto' } })['tools'], [
      { type: 'function', function: { name: 'weather', description: 'Get it.', parameters: schema } },
      { type: 'function', function: { name: 'list', parameters: { type: 'object', properties: {} } } },
    ]);
    assert.equal(ollama.writeRequest({ ...plain, tools, toolChoice: { type: 'none' } })['tools'], undefined);
  });

  it('writes the settings it says it can express', () => {
    const settings: Settings = {
      maxOutput: 64,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stop: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      format: { type: 'json-schema', schema },
      reasoning: { effort: 'low' },
    };
    assert.deepEqual(new Set(Object.keys(settings)), ollama.expresses);
    assert.deepEqual(ollama.writeRequest({ ...plain, settings }), {
      messages: [{ role: 'user', content: 'Hi' }],
      model: 'qwen3',
      stream: false,
      format: schema,
      think: true,
      options: {
        num_predict: 64,
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        stop: ['END'],
        seed: 7,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
      },
    });
    assert.equal(ollama.writeRequest({ ...plain, settings: { format: { type: 'json' } } })['format'], 'json');
  });

  it('thinks on or off, and at a level where the model has levels', () => {
    const think = (reasoning: Reasoning, model = 'qwen3') =>
      ollama.writeRequest({ ...plain, model, settings: { reasoning } })['think'];
    assert.equal(think({ effort: 'none' }), false);
    assert.equal(think({ effort: 'medium' }), true);
    assert.equal(think({ effort: 'xhigh' }, 'gpt-oss:20b'), 'high');
    assert.equal(think({ effort: 'none' }, 'gpt-oss:20b'), 'low');
  });

  it('does not ask models to think that may not be able to, when a client names only a budget', () => {
    for (const model of ['llama3.1', 'gpt-oss:20b']) {
      const body = ollama.writeRequest({ ...plain, model, settings: { reasoning: { budget: 1024, show: true } } });
      assert.equal('think' in body, false);
    }
  });

  it('passes on what only Ollama knows', () => {
    const extras = { ollama: { keep_alive: '10m' } };
    assert.equal(ollama.writeRequest({ ...plain, extras })['keep_alive'], '10m');
  });

  it('limits the output and keeps the other options', () => {
    assert.deepEqual(ollama.limitOutput({ model: 'm', options: { num_predict: 99, seed: 1 } }, 9), {
      model: 'm',
      options: { num_predict: 9, seed: 1 },
    });
  });

  it('refuses media that Ollama cannot take, and says what to do', () => {
    const refused = (part: Part, why: RegExp): void =>
      assert.throws(
        () => ollama.writeRequest({ ...plain, turns: [{ role: 'user', parts: [part] }] }),
        (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request' && why.test(thrown.message),
      );
    refused({ type: 'media', kind: 'image', url: 'https://example.com/cat.png' }, /base64 data URL/);
    refused({ type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'AAAA' }, /images only/);
  });
});
