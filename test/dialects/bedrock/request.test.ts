import assert from 'node:assert/strict';
import type { ChatRequest, MediaPart, Part, Reasoning, Settings, Tool } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { bedrock } from '../../../src/dialects/bedrock/bedrock.ts';
import { objectIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const claude = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const nova = 'amazon.nova-lite-v1:0';
const llama = 'meta.llama3-3-70b-instruct-v1:0';

const plain: ChatRequest = {
  model: claude,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
};
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const write = (rest: Partial<ChatRequest>): JsonObject => bedrock.writeRequest({ ...plain, ...rest });
const hi = [{ role: 'user', content: [{ text: 'Hi' }] }];

const signed: Part = { type: 'reasoning', text: 'Hm.', extras: { anthropic: { signature: 'signed' } } };
const calls: ChatRequest['turns'] = [
  ...plain.turns,
  {
    role: 'assistant',
    parts: [
      signed,
      { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'c2VjcmV0' } } },
      { type: 'reasoning', text: 'Unsigned.' },
      { type: 'tool-call', id: 'functions.look:0', name: 'look', input: '{"at":1}' },
      { type: 'tool-call', id: 'c2', name: 'list', input: '' },
    ],
  },
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'Go on.' },
      { type: 'tool-result', id: 'functions.look:0', parts: [{ type: 'text', text: 'A tree.' }] },
      { type: 'tool-result', id: 'c2', isError: true, cache: {}, parts: [] },
    ],
  },
];

describe('bedrock request', () => {
  it('holds nothing but what was asked; the model and whether to stream stand in its path', () => {
    assert.deepEqual(bedrock.writeRequest({ ...plain, stream: true }), { messages: hi });
  });

  it('writes a history with signed thinking, calls and results, which come first', () => {
    const settings: Settings = { reasoning: { budget: 2000 } };
    assert.deepEqual(write({ turns: calls, settings }).messages, [
      ...hi,
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'signed' } } },
          { reasoningContent: { redactedContent: 'c2VjcmV0' } },
          { toolUse: { toolUseId: 'functions_look_0', name: 'look', input: { at: 1 } } },
          { toolUse: { toolUseId: 'c2', name: 'list', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'functions_look_0', content: [{ text: 'A tree.' }] } },
          { toolResult: { toolUseId: 'c2', content: [{ text: '(no output)' }], status: 'error' } },
          { cachePoint: { type: 'default' } },
          { text: 'Go on.' },
        ],
      },
    ]);
  });

  it('gives no thinking back where the model does not think', () => {
    assert.ok(!JSON.stringify(write({ turns: calls })).includes('reasoningContent'));
  });

  it('hoists system turns, joins turns of one side, and begins with the user', () => {
    const body = write({
      turns: [
        { role: 'system', parts: [{ type: 'text', text: 'One.' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'Hello.' }] },
        { role: 'user', parts: [{ type: 'text', text: ' ' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'So: ' }] },
        { role: 'system', parts: [{ type: 'text', text: 'Two.' }] },
      ],
    });
    assert.deepEqual(body.system, [{ text: 'One.' }, { text: 'Two.' }]);
    assert.deepEqual(body.messages, [
      { role: 'user', content: [{ text: '.' }] },
      { role: 'assistant', content: [{ text: 'Hello.' }, { text: 'So:' }] },
    ]);
  });

  it('writes cache marks as blocks behind what they mark, for models that have a cache', () => {
    const turns: ChatRequest['turns'] = [
      { role: 'system', parts: [{ type: 'text', text: 'Long.', cache: { ttl: '1h' } }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi', cache: {} }] },
    ];
    const tools: Tool[] = [{ name: 'look', cache: { ttl: '5m' } }];
    const marks = (model: string): number =>
      JSON.stringify(write({ model, turns, tools })).split('"cachePoint"').length - 1;
    const body = write({ turns, tools });
    assert.deepEqual(body.system, [{ text: 'Long.' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    assert.deepEqual(body.messages, [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }]);
    assert.deepEqual(objectIn(body.toolConfig).tools, [
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } },
      { cachePoint: { type: 'default' } },
    ]);
    assert.deepEqual([marks(claude), marks(nova), marks(llama)], [3, 2, 0]);
  });

  it('writes images and documents, each document under a name of its own and beside a text', () => {
    const pdf: MediaPart = {
      type: 'media',
      kind: 'file',
      mediaType: 'application/pdf',
      data: 'AAAA',
      name: 'a/b_c.pdf',
    };
    const parts: Part[] = [
      { type: 'media', kind: 'image', mediaType: 'image/jpeg', data: 'BBBB' },
      pdf,
      pdf,
      { type: 'media', kind: 'file', mediaType: 'text/plain', data: 'CCCC' },
    ];
    const document = (format: string, name: string, bytes: string) => ({
      document: { format, name, source: { bytes } },
    });
    assert.deepEqual(write({ turns: [{ role: 'user', parts }] }).messages, [
      {
        role: 'user',
        content: [
          { image: { format: 'jpeg', source: { bytes: 'BBBB' } } },
          document('pdf', 'a b c pdf', 'AAAA'),
          document('pdf', 'a b c pdf (2)', 'AAAA'),
          document('txt', 'document', 'CCCC'),
          { text: '.' },
        ],
      },
    ]);
  });

  it('refuses media that Bedrock cannot take, and says what to do', () => {
    const refused = (part: Part, why: RegExp): void =>
      assert.throws(
        () => write({ turns: [{ role: 'user', parts: [part] }] }),
        (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request' && why.test(thrown.message),
      );
    refused({ type: 'media', kind: 'image', url: 'https://a.example/b.png' }, /base64 data URL/);
    refused({ type: 'media', kind: 'audio', mediaType: 'audio/wav', data: 'AAAA' }, /no audio/);
  });

  it('writes tools and their choice', () => {
    const tools: Tool[] = [
      { name: 'weather', description: 'Get it.', schema },
      { name: 'list', description: '' },
    ];
    const choice = (toolChoice: ChatRequest['toolChoice']) =>
      objectIn(write({ tools, ...(toolChoice && { toolChoice }) }).toolConfig).toolChoice;
    assert.deepEqual(write({ tools }).toolConfig, {
      tools: [
        { toolSpec: { name: 'weather', description: 'Get it.', inputSchema: { json: schema } } },
        { toolSpec: { name: 'list', inputSchema: { json: { type: 'object' } } } },
      ],
    });
    assert.deepEqual(choice({ type: 'auto' }), { auto: {} });
    assert.deepEqual(choice({ type: 'required' }), { any: {} });
    assert.deepEqual(choice({ type: 'named', name: 'list' }), { tool: { name: 'list' } });
    assert.equal(write({ tools, toolChoice: { type: 'none' } }).toolConfig, undefined);
  });

  it('describes the tools of a history even where none may be called now', () => {
    const names = (rest: Partial<ChatRequest>) => objectIn(write({ turns: calls, ...rest }).toolConfig);
    const bare = (name: string) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } });
    assert.deepEqual(names({}), { tools: [bare('look'), bare('list')] });
    const tools: Tool[] = [{ name: 'list', schema }, { name: 'other' }];
    assert.deepEqual(names({ tools, toolChoice: { type: 'none' } }), {
      tools: [{ toolSpec: { name: 'list', inputSchema: { json: schema } } }, bare('look')],
    });
  });

  it('writes the settings it says it can express', () => {
    const settings: Settings = {
      maxOutput: 64,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stop: ['END', ' '],
      format: { type: 'json-schema', name: 'place', schema },
      reasoning: { effort: 'none' },
      user: 'someone@home',
    };
    assert.deepEqual(new Set(Object.keys(settings)), bedrock.expresses);
    const closed = { ...schema, additionalProperties: false };
    assert.deepEqual(write({ settings }), {
      messages: hi,
      inferenceConfig: { maxTokens: 64, stopSequences: ['END'], temperature: 0.5, topP: 0.9 },
      additionalModelRequestFields: { top_k: 40 },
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { name: 'place', schema: JSON.stringify(closed) } },
        },
      },
      requestMetadata: { user: 'someone@home' },
    });
  });

  it('asks for JSON in words where a model cannot be held to a schema', () => {
    const { system, outputConfig } = write({ model: llama, settings: { format: { type: 'json-schema', schema } } });
    assert.equal(outputConfig, undefined);
    assert.match(JSON.stringify(system), /JSON Schema: .*city/);
  });

  it('leaves out a user that the account’s log would not take', () => {
    assert.equal(write({ settings: { user: '{"device":1}' } }).requestMetadata, undefined);
  });

  it('asks each family to think in its own words', () => {
    const more = (model: string, reasoning: Reasoning) =>
      write({ model, settings: { reasoning } }).additionalModelRequestFields;
    assert.deepEqual(more(claude, { budget: 2000 }), { thinking: { type: 'enabled', budget_tokens: 2000 } });
    assert.deepEqual(more('global.anthropic.claude-opus-4-7-v1:0', { effort: 'high' }), {
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    });
    assert.deepEqual(more('openai.gpt-oss-20b-1:0', { effort: 'minimal' }), { reasoning_effort: 'low' });
    assert.deepEqual(more('us.amazon.nova-2-lite-v1:0', { effort: 'xhigh' }), {
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
    });
    assert.deepEqual(more('us.amazon.nova-2-lite-v1:0', { effort: 'none' }), { reasoningConfig: { type: 'disabled' } });
    assert.equal(more(llama, { budget: 2000 }), undefined);
  });

  it('leaves out sampling that Claude refuses while it thinks, and puts the top_k of Nova where it looks for it', () => {
    const settings: Settings = { temperature: 0.5, topK: 5 };
    const thinking = write({ settings: { ...settings, reasoning: { budget: 2000 } } });
    assert.equal(thinking.inferenceConfig, undefined);
    assert.deepEqual(thinking.additionalModelRequestFields, { thinking: { type: 'enabled', budget_tokens: 2000 } });
    const body = write({ model: nova, settings });
    assert.deepEqual(body.additionalModelRequestFields, { inferenceConfig: { topK: 5 } });
    assert.deepEqual(body.inferenceConfig, { temperature: 0.5 });
  });

  it('limits the output and keeps the rest', () => {
    assert.deepEqual(bedrock.limitOutput({ inferenceConfig: { maxTokens: 99, topP: 1 } }, 9), {
      inferenceConfig: { maxTokens: 9, topP: 1 },
    });
    assert.deepEqual(bedrock.limitOutput({}, 9), { inferenceConfig: { maxTokens: 9 } });
  });
});
