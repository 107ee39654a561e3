import assert from 'node:assert/strict';
import type { ChatRequest, Part, Settings, Turn } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { objectIn, objectsIn } from '../../../src/lib/json.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

const user = (...parts: readonly (string | Part)[]): Turn => ({ role: 'user', parts: parts.map(asPart) });
const assistant = (...parts: readonly (string | Part)[]): Turn => ({ role: 'assistant', parts: parts.map(asPart) });
const system = (...parts: readonly (string | Part)[]): Turn => ({ role: 'system', parts: parts.map(asPart) });
const asPart = (part: string | Part): Part => (typeof part === 'string' ? { type: 'text', text: part } : part);
const call = (id: string, input = '{}'): Part => ({ type: 'tool-call', id, name: 'f', input });
const result = (id: string, ...texts: readonly string[]): Part => ({
  type: 'tool-result',
  id,
  parts: texts.map((text) => ({ type: 'text', text })),
});
const signed: Part = { type: 'reasoning', text: 'Hm.', extras: { anthropic: { signature: 'c2ln' } } };

function written(change: Partial<ChatRequest>): JsonObject {
  const base = { model: 'claude-sonnet-4-5', turns: [user('Hi')], tools: [], settings: {}, stream: false };
  return anthropic.writeRequest({ ...base, wantsUsage: true, unknown: [], ...change });
}
const withSettings = (settings: Settings, model = 'claude-sonnet-4-5', more: Partial<ChatRequest> = {}): JsonObject =>
  written({ settings, model, ...more });
const contents = (body: JsonObject): readonly Json[] =>
  objectsIn(body.messages).map((message) => [message.role ?? null, ...objectsIn(message.content).map(brief)]);
const brief = (block: JsonObject): Json => block.text ?? block.type ?? null;
const messagesOf = (...turns: readonly Turn[]): readonly Json[] => contents(written({ turns }));
const blockOf = (part: Part): JsonObject | undefined =>
  objectsIn(objectsIn(written({ turns: [user(part)] }).messages)[0]?.content)[0];

describe('anthropic request: turns', () => {
  it('gathers all system turns, in order, above the messages', () => {
    const body = written({ turns: [system('One.'), user('Hi'), system('Two.', ' ', 'Three.')] });
    assert.deepEqual(objectsIn(body.system).map(brief), ['One.', 'Two.', 'Three.']);
    assert.deepEqual(contents(body), [['user', 'Hi']]);
  });

  it('lets roles alternate', () => {
    assert.deepEqual(messagesOf(user('A'), user('B'), assistant('C'), assistant('D'), user('E')), [
      ['user', 'A', 'B'],
      ['assistant', 'C', 'D'],
      ['user', 'E'],
    ]);
  });

  it('leaves out empty and blank text, and turns that hold nothing else', () => {
    assert.deepEqual(messagesOf(user('A', ''), assistant('', ' \n'), user('B')), [['user', 'A', 'B']]);
  });

  it('sends a message even when only a system prompt was given', () => {
    assert.deepEqual(messagesOf(system('Be terse.')), [['user', '.']]);
  });

  it('puts the results of calls before all else that the user says', () => {
    assert.deepEqual(messagesOf(user('A'), assistant(call('1')), user('By the way'), user(result('1', 'ok'))), [
      ['user', 'A'],
      ['assistant', 'tool_use'],
      ['user', 'tool_result', 'By the way'],
    ]);
  });

  it('ends a prefilled answer without white space', () => {
    assert.deepEqual(messagesOf(user('A'), assistant('The answer is \n')), [
      ['user', 'A'],
      ['assistant', 'The answer is'],
    ]);
  });

  it('takes other providers’ call ids in a form that Anthropic accepts, the same for call and result', () => {
    const body = written({ turns: [user('A'), assistant(call('functions.f:0')), user(result('functions.f:0', 'ok'))] });
    const [, second, third] = objectsIn(body.messages);
    assert.equal(objectsIn(second?.content)[0]?.id, 'functions_f_0');
    assert.equal(objectsIn(third?.content)[0]?.tool_use_id, 'functions_f_0');
  });

  it('reads a call’s input, and names the call whose input is no JSON object', () => {
    const inputOf = (input: string): unknown => {
      const body = written({ turns: [user('A'), assistant(call('call_7', input)), user(result('call_7', 'ok'))] });
      return objectsIn(objectsIn(body.messages)[1]?.content)[0]?.input;
    };
    assert.deepEqual(inputOf(''), {});
    assert.deepEqual(inputOf('null'), {});
    assert.deepEqual(inputOf(' {"a": [1]}'), { a: [1] });
    for (const broken of ['{"a":', '[1]', '"text"']) {
      assert.throws(
        () => inputOf(broken),
        (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request' && /call_7/.test(thrown.message),
      );
    }
  });

  it('writes results as text, as blocks, as errors and without content', () => {
    const image: Part = { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' };
    assert.deepEqual(blockOf(result('1', 'ok')), { type: 'tool_result', tool_use_id: '1', content: 'ok' });
    assert.deepEqual(blockOf(result('1')), { type: 'tool_result', tool_use_id: '1' });
    assert.deepEqual(
      blockOf({ type: 'tool-result', id: '1', isError: true, parts: [{ type: 'text', text: 'A' }, image] }),
      {
        type: 'tool_result',
        tool_use_id: '1',
        content: [
          { type: 'text', text: 'A' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
        is_error: true,
      },
    );
  });

  it('writes images and documents from data, an address and a kept file', () => {
    const sourceOf = (part: Omit<Extract<Part, { type: 'media' }>, 'type'>): readonly unknown[] => {
      const block = blockOf({ type: 'media', ...part });
      return [block?.type, block?.source, block?.title];
    };
    assert.deepEqual(sourceOf({ kind: 'image', mediaType: 'image/jpeg', data: 'AA==' }), [
      'image',
      { type: 'base64', media_type: 'image/jpeg', data: 'AA==' },
      undefined,
    ]);
    assert.deepEqual(sourceOf({ kind: 'image', url: 'https://a.example/b.png' }).slice(0, 2), [
      'image',
      { type: 'url', url: 'https://a.example/b.png' },
    ]);
    assert.deepEqual(sourceOf({ kind: 'file', mediaType: 'application/pdf', data: 'AA==', name: 'a.pdf' }), [
      'document',
      { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
      'a.pdf',
    ]);
    assert.deepEqual(sourceOf({ kind: 'file', fileId: 'file_1' }).slice(0, 2), [
      'document',
      { type: 'file', file_id: 'file_1' },
    ]);
    assert.deepEqual(sourceOf({ kind: 'file', mediaType: 'text/markdown', data: btoa('# Hi') }).slice(0, 2), [
      'document',
      { type: 'text', media_type: 'text/plain', data: '# Hi' },
    ]);
    assert.throws(() => sourceOf({ kind: 'audio', data: 'AA==' }), /no audio/);
  });

  it('carries cache marks on system, text, calls, results and tools', () => {
    const mark = { type: 'ephemeral' };
    const hour = { type: 'ephemeral', ttl: '1h' };
    const inner: Part = { type: 'tool-result', id: '1', parts: [{ type: 'text', text: 'ok', cache: {} }] };
    const body = written({
      turns: [
        system({ type: 'text', text: 'S', cache: { ttl: '1h' } }),
        user('A'),
        assistant({ type: 'tool-call', id: '1', name: 'f', input: '', cache: {} }),
        user(inner, { type: 'text', text: 'B', cache: { ttl: '5m' } }),
      ],
      tools: [{ name: 'f', cache: {} }],
    });
    const marksIn = (value: Json | undefined): unknown => objectsIn(value).map((block) => block.cache_control);
    assert.deepEqual(marksIn(body.system), [hour]);
    assert.deepEqual(marksIn(body.tools), [mark]);
    assert.deepEqual(
      objectsIn(body.messages).map((message) => marksIn(message.content)),
      [[undefined], [mark], [mark, { type: 'ephemeral', ttl: '5m' }]],
    );
  });
});

describe('anthropic request: settings', () => {
  it('always has an output limit: the client’s, else the model’s most', () => {
    assert.equal(withSettings({ maxOutput: 77 }).max_tokens, 77);
    const limits = {
      'claude-3-opus-20240229': 4096,
      'claude-3-haiku-20240307': 4096,
      'claude-3-5-sonnet-20241022': 8192,
      'claude-3-7-sonnet-latest': 64_000,
      'claude-opus-4-20250514': 32_000,
      'claude-opus-4-1-20250805': 32_000,
      'claude-opus-4-5': 64_000,
      'claude-haiku-4-5-20251001': 64_000,
      'claude-opus-4-8': 128_000,
      'claude-sonnet-5': 64_000,
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0': 64_000,
      'MiniMax-M2': 8192,
    };
    for (const [model, limit] of Object.entries(limits)) assert.equal(withSettings({}, model).max_tokens, limit, model);
  });

  it('sets a limit without touching the thinking budget', () => {
    const body = { model: 'c', max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 2000 } };
    assert.deepEqual(anthropic.limitOutput(body, 3000), { ...body, max_tokens: 3000 });
    assert.equal(body.max_tokens, 9000);
  });

  it('keeps the temperature below 1, and sends no sampling to models that refuse it', () => {
    const { temperature, top_p, top_k } = withSettings({ temperature: 1.7, topP: 0.9, topK: 4 });
    assert.deepEqual([temperature, top_p, top_k], [1, 0.9, 4]);
    assert.equal(withSettings({ temperature: 0 }).temperature, 0);
    const newer = withSettings({ temperature: 0.5, topP: 0.9, topK: 4 }, 'claude-opus-4-7');
    assert.ok(!('temperature' in newer) && !('top_p' in newer) && !('top_k' in newer));
  });

  it('leaves out blank stop sequences and ids that Anthropic refuses', () => {
    assert.deepEqual(withSettings({ stop: ['END', '\n'] }).stop_sequences, ['END']);
    assert.ok(!('stop_sequences' in withSettings({ stop: ['\n'] })));
    assert.deepEqual(withSettings({ user: 'u1' }).metadata, { user_id: 'u1' });
    for (const user of ['', 'a@b.example', 'x'.repeat(257)]) assert.ok(!('metadata' in withSettings({ user })));
  });

  it('knows two service tiers', () => {
    assert.equal(withSettings({ serviceTier: 'default' }).service_tier, 'standard_only');
    assert.equal(withSettings({ serviceTier: 'auto' }).service_tier, 'auto');
    assert.ok(!('service_tier' in withSettings({ serviceTier: 'flex' })));
  });

  it('writes tools with an object schema always, and the choice among them', () => {
    const tools = [{ name: 'f', description: 'F.' }];
    const choiceOf = (change: Partial<ChatRequest>): unknown => written({ tools, ...change }).tool_choice;
    assert.deepEqual(written({ tools }).tools, [{ name: 'f', description: 'F.', input_schema: { type: 'object' } }]);
    assert.equal(choiceOf({}), undefined);
    assert.deepEqual(choiceOf({ toolChoice: { type: 'none' }, settings: { parallelTools: false } }), { type: 'none' });
    assert.deepEqual(choiceOf({ toolChoice: { type: 'required' } }), { type: 'any' });
    assert.deepEqual(choiceOf({ toolChoice: { type: 'named', name: 'f' } }), { type: 'tool', name: 'f' });
    assert.deepEqual(choiceOf({ settings: { parallelTools: false } }), {
      type: 'auto',
      disable_parallel_tool_use: true,
    });
    assert.equal(choiceOf({ tools: [], toolChoice: { type: 'auto' } }), undefined);
  });

  it('holds the answer to a schema where the model can, else asks for it in words', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] };
    const format = { type: 'json-schema', schema } as const;
    assert.deepEqual(objectIn(withSettings({ format }).output_config).format, {
      type: 'json_schema',
      schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false },
    });
    const older = withSettings({ format }, 'claude-sonnet-4-20250514');
    assert.ok(!('output_config' in older));
    assert.match(JSON.stringify(older.system), /JSON Schema/);
    assert.match(JSON.stringify(withSettings({ format: { type: 'json' } }).system), /one JSON object/);
  });
});

describe('anthropic request: thinking', () => {
  const thinkingOf = (settings: Settings, model?: string, more?: Partial<ChatRequest>): unknown => {
    const { thinking, output_config } = withSettings(settings, model, more);
    return [thinking, output_config];
  };

  it('makes an effort a budget for models that think within one', () => {
    const budgets = { minimal: 1024, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16_384 } as const;
    for (const [effort, budget_tokens] of Object.entries(budgets)) {
      const reasoning = { effort: effort as keyof typeof budgets };
      assert.deepEqual(thinkingOf({ reasoning }), [{ type: 'enabled', budget_tokens }, undefined]);
    }
  });

  it('lets newer models find their own measure, with an effort that they know', () => {
    const adaptive = { type: 'adaptive' };
    const shown = { type: 'adaptive', display: 'summarized' };
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'xhigh' } }, 'claude-opus-4-6'), [adaptive, { effort: 'high' }]);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'xhigh' } }, 'claude-opus-4-7'), [shown, { effort: 'xhigh' }]);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'minimal' } }, 'claude-sonnet-4-6'), [
      adaptive,
      { effort: 'low' },
    ]);
    assert.deepEqual(thinkingOf({ reasoning: { adaptive: true } }, 'claude-opus-5'), [shown, undefined]);
    assert.deepEqual(thinkingOf({ reasoning: { budget: 5000 } }, 'claude-opus-4-7'), [shown, { effort: 'medium' }]);
    assert.deepEqual(thinkingOf({ reasoning: { budget: 5000 } }, 'claude-opus-4-6'), [
      { type: 'enabled', budget_tokens: 5000 },
      undefined,
    ]);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'low', show: false } }, 'claude-opus-4-7'), [
      { type: 'adaptive', display: 'omitted' },
      { effort: 'low' },
    ]);
  });

  it('does not think where that is off, unknown to the model, or a tool is forced', () => {
    const none = [undefined, undefined];
    assert.deepEqual(thinkingOf({}), none);
    assert.deepEqual(thinkingOf({ reasoning: {} }), none);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'none' } }, 'claude-opus-4-7'), none);
    assert.deepEqual(thinkingOf({ reasoning: { budget: 0 } }), none);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'high' } }, 'claude-3-5-haiku-20241022'), none);
    const forced = { tools: [{ name: 'f' }], toolChoice: { type: 'required' } } as const;
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'high' } }, 'claude-sonnet-4-5', forced), none);
  });

  it('keeps the output limit above the budget', () => {
    assert.equal(withSettings({ reasoning: { budget: 70_000 } }).max_tokens, 74_096);
    const small = withSettings({ reasoning: { effort: 'high' }, maxOutput: 2000 });
    assert.deepEqual([small.thinking, small.max_tokens], [{ type: 'enabled', budget_tokens: 1024 }, 2000]);
    assert.deepEqual(thinkingOf({ reasoning: { effort: 'low' }, maxOutput: 1024 }), [undefined, undefined]);
    assert.throws(
      () => withSettings({ reasoning: { budget: 4000 }, maxOutput: 4000 }),
      (thrown) =>
        thrown instanceof Failure && thrown.kind === 'invalid-request' && thrown.details.param === 'max_tokens',
    );
  });

  it('takes no other temperature than 1 while it thinks, and no low top_p', () => {
    const sampling = (settings: Settings): unknown => {
      const body = withSettings({ reasoning: { effort: 'low' }, ...settings });
      return [body.temperature, body.top_p, body.top_k];
    };
    assert.deepEqual(sampling({ temperature: 0.3, topP: 0.5, topK: 3 }), [undefined, undefined, undefined]);
    assert.deepEqual(sampling({ temperature: 1, topP: 0.97 }), [1, 0.97, undefined]);
  });

  const loop = (...thoughts: readonly Part[]): readonly Turn[] => [
    user('A'),
    assistant(...thoughts, call('1')),
    user(result('1', 'ok')),
  ];
  const thinking: Settings = { reasoning: { effort: 'low' } };

  it('sends back signed reasoning, while it thinks', () => {
    const [, turn] = objectsIn(withSettings(thinking, 'claude-sonnet-4-5', { turns: loop(signed) }).messages);
    assert.deepEqual(objectsIn(turn?.content)[0], { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' });
    const redacted: Part = { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'ZGF0YQ' } } };
    const [, hidden] = objectsIn(withSettings(thinking, 'claude-sonnet-4-5', { turns: loop(redacted) }).messages);
    assert.deepEqual(objectsIn(hidden?.content)[0], { type: 'redacted_thinking', data: 'ZGF0YQ' });
    assert.deepEqual(contents(written({ turns: loop(signed) }))[1], ['assistant', 'tool_use']);
  });

  it('never sends reasoning that is not signed, and does not think in the middle of its loop', () => {
    const unsigned: Part = { type: 'reasoning', text: 'Hm.' };
    const body = withSettings(thinking, 'claude-sonnet-4-5', { turns: loop(unsigned) });
    assert.deepEqual(contents(body)[1], ['assistant', 'tool_use']);
    assert.ok(!('thinking' in body));
    const adaptive = withSettings(thinking, 'claude-opus-4-6', { turns: loop(unsigned) });
    assert.deepEqual(adaptive.thinking, { type: 'adaptive' });
    assert.deepEqual(contents(adaptive)[1], ['assistant', 'tool_use']);
  });

  it('thinks in a loop whose thinking stands at its beginning, and in a new turn', () => {
    const longer = [...loop(signed), assistant(call('2')), user(result('2', 'ok'))];
    assert.ok('thinking' in withSettings(thinking, 'claude-sonnet-4-5', { turns: longer }));
    const over = [...loop(), assistant('Done.'), user('And now?')];
    assert.ok('thinking' in withSettings(thinking, 'claude-sonnet-4-5', { turns: over }));
  });
});
