import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatEvent, Part } from '../../../src/chat/chat.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { streamWriter } from '../../../src/dialects/anthropic/stream-writer.ts';
import { objectsIn, type JsonObject } from '../../../src/lib/json.ts';
import { answerReader, type Told } from '../../../src/vscode/chat/answer-parts.ts';
import { turnsOf, type EditorMessage } from '../../../src/vscode/chat/editor-turns.ts';
import { requestBody, type ChatAsk } from '../../../src/vscode/chat/request-body.ts';

// As the editor's classes have them.
const text = (value: string) => ({ value });
const call = (callId: string, name: string, input: object) => ({ callId, name, input });
const result = (callId: string, ...content: readonly unknown[]) => ({ callId, content });
const data = (mimeType: string, bytes: string) => ({ mimeType, data: Buffer.from(bytes) });
const thinking = (value: string | string[], metadata?: object) => ({ value, id: undefined, metadata });

const user = (...content: readonly unknown[]): EditorMessage => ({ role: 1, content });
const assistant = (...content: readonly unknown[]): EditorMessage => ({ role: 2, content });
const system = (...content: readonly unknown[]): EditorMessage => ({ role: 3, content });

const bodyOf = (messages: readonly EditorMessage[], more: Partial<ChatAsk> = {}): JsonObject =>
  requestBody({ model: 'claude', maxOutput: 1000, messages, tools: [], mustCall: false, options: {}, ...more });

describe("what the editor's chat asks", () => {
  it('goes out with its instructions, its texts and its limit', () => {
    const body = bodyOf([system(text('Be brief.')), user(text('Hello'))]);
    assert.deepEqual(body, {
      model: 'claude',
      stream: true,
      max_tokens: 1000,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }],
    });
  });

  it('has its tools, and the order to use one', () => {
    const tools = [{ name: 'read', description: 'Reads.', inputSchema: undefined }];
    const body = bodyOf([user(text('Hello'))], { tools, mustCall: true });
    assert.deepEqual(body['tools'], [
      { name: 'read', description: 'Reads.', input_schema: { type: 'object', properties: {} } },
    ]);
    assert.deepEqual(body['tool_choice'], { type: 'any' });
    assert.ok(!('tool_choice' in bodyOf([user(text('Hello'))], { mustCall: true })), 'none could be used');
  });

  it('has pictures, PDFs and texts as data, in messages and in what tools found', () => {
    const [turn, found] = turnsOf([
      user(data('image/png', 'png'), data('application/pdf', 'pdf'), data('text/plain', 'words'), data('x/y', '?')),
      user(result('1', text('found'), data('image/jpeg', 'jpg'), data('application/json', '{}'))),
    ]);
    assert.deepEqual(turn?.parts, [
      { type: 'media', kind: 'image', mediaType: 'image/png', data: 'cG5n' },
      { type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'cGRm' },
      { type: 'text', text: 'words' },
    ]);
    assert.deepEqual(found?.parts, [
      {
        type: 'tool-result',
        id: '1',
        parts: [
          { type: 'text', text: 'found' },
          { type: 'media', kind: 'image', mediaType: 'image/jpeg', data: 'anBn' },
          { type: 'text', text: '{}' },
        ],
      },
    ]);
  });

  it('tells that a tool failed, and the texts of what a tool has rendered', () => {
    const tree = {
      node: {
        type: 1,
        children: [
          { type: 2, text: 'a' },
          { type: 1, children: [{ type: 2, text: 'b' }] },
        ],
      },
    };
    const [turn] = turnsOf([user({ ...result('1', { value: tree }), isError: true })]);
    assert.deepEqual(turn?.parts, [
      { type: 'tool-result', id: '1', parts: [{ type: 'text', text: 'ab' }], isError: true },
    ]);
  });

  it('keeps the marks for the cache that its caller has set, and sets none besides', () => {
    const body = bodyOf([
      system(text('Be brief.'), data('cache_control', 'ephemeral')),
      user(text('Hello')),
      user(data('cache_control', 'ephemeral')),
    ]);
    assert.equal(JSON.stringify(body).split('cache_control').length - 1, 1);
  });

  it('marks the instructions and the last two turns of the user where its caller has marked nothing', () => {
    const turns = [system(text('s')), user(text('1')), assistant(text('a')), user(text('2')), assistant(text('b'))];
    const messages = objectsIn(bodyOf([...turns, user(text('3'), text(' '))])['messages']);
    const marked = messages.map((message) => JSON.stringify(message).includes('cache_control'));
    assert.deepEqual(marked, [false, false, true, false, true]);
  });

  it('sends back thinking that is signed, whole, and no other', () => {
    const body = bodyOf([
      user(text('Hello')),
      assistant(
        thinking('Let '),
        thinking(['me ', 'see']),
        thinking('', { signature: 'sig', _completeThinking: 'Let me see' }),
        thinking('', { redactedData: 'sealed' }),
        call('toolu_1', 'read', {}),
      ),
    ]);
    const [, answer] = objectsIn(body['messages']);
    assert.deepEqual(answer?.['content'], [
      { type: 'thinking', thinking: 'Let me see', signature: 'sig' },
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'tool_use', id: 'toolu_1', name: 'read', input: {} },
    ]);
  });

  it('sets what the caller of the API sets, by whatever name, and leaves out the rest', () => {
    const options = { maxTokens: 50, temperature: 0.5, stop: ['x'], reasoningEffort: 'low', top_p: 'no', _private: 1 };
    const { model, stream, messages, ...rest } = bodyOf([user(text('Hello'))], { options });
    assert.ok(model !== undefined && stream === true && messages !== undefined);
    const set = { max_tokens: 50, temperature: 0.5, stop_sequences: ['x'], output_config: { effort: 'low' } };
    assert.deepEqual(rest, set);
  });
});

describe('what the editor is told of an answer', () => {
  const told = (events: readonly ChatEvent[]): readonly Told[] => events.flatMap(answerReader());

  it('is text and thinking as they come, calls whole, and the usage last', () => {
    const call: Part = { type: 'tool-call', id: 'toolu_1', name: 'read', input: '' };
    const usage = { input: 5, cacheRead: 100, cacheWrite: 7, cacheWrite1h: 0, output: 9, reasoning: 3 };
    assert.deepEqual(
      told([
        { type: 'start', id: 'm', model: 'claude' },
        { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
        { type: 'part-delta', index: 0, text: 'Let me ' },
        { type: 'part-delta', index: 0, text: 'see' },
        { type: 'part-end', index: 0, extras: { anthropic: { signature: 'sig' } } },
        { type: 'part-start', index: 1, part: { type: 'text', text: '' } },
        { type: 'part-delta', index: 1, text: 'Hm.' },
        { type: 'part-end', index: 1 },
        { type: 'part-start', index: 2, part: call },
        { type: 'part-delta', index: 2, text: '{"path":' },
        { type: 'part-delta', index: 2, text: '"a"}' },
        { type: 'part-end', index: 2 },
        { type: 'finish', reason: 'tool-calls', usage },
      ]),
      [
        { type: 'thinking', text: 'Let me ' },
        { type: 'thinking', text: 'see' },
        { type: 'thinking', text: '', metadata: { signature: 'sig', _completeThinking: 'Let me see' } },
        { type: 'text', text: 'Hm.' },
        { type: 'tool-call', id: 'toolu_1', name: 'read', input: { path: 'a' } },
        {
          type: 'usage',
          usage: {
            prompt_tokens: 112,
            completion_tokens: 9,
            total_tokens: 121,
            prompt_tokens_details: { cached_tokens: 100 },
          },
        },
      ],
    );
  });

  it('is that a call broke off, where its arguments are cut', () => {
    const events: readonly ChatEvent[] = [
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: '1', name: 'read', input: '' } },
      { type: 'part-delta', index: 0, text: '{"path' },
      { type: 'part-end', index: 0 },
    ];
    assert.throws(() => told(events), /The call of read broke off/);
  });

  it('is that a filter stopped it, where nothing else came', () => {
    const finish: ChatEvent = { type: 'finish', reason: 'content-filter' };
    assert.throws(
      () => told([finish]),
      (error) => error instanceof Failure && error.kind === 'content-policy',
    );
    const some: readonly ChatEvent[] = [
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      { type: 'part-delta', index: 0, text: 'Some' },
      finish,
    ];
    assert.deepEqual(told(some), [{ type: 'text', text: 'Some' }]);
  });
});

describe('a conversation that goes through the editor', () => {
  const name = fc.stringMatching(/^[a-zA-Z_][\w-]{0,20}$/);
  const id = fc.stringMatching(/^[\w-]{1,30}$/);
  const input = fc.dictionary(fc.string(), fc.jsonValue()).map((one) => JSON.parse(JSON.stringify(one)) as JsonObject);
  const words = fc.string({ minLength: 1 }).filter((one) => one.trim() !== '' && one === one.trimEnd());

  it('keeps every call with its id, name and input, and every result with its call', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ id, name, input, found: words }), { minLength: 1, maxLength: 5 }), (calls) => {
        const body = bodyOf([
          user(text('Go')),
          assistant(text('I look.'), ...calls.map((one) => call(one.id, one.name, one.input))),
          ...calls.map((one) => user(result(one.id, text(one.found)))),
        ]);
        const [, answer, results] = anthropic.readRequest(body).turns;
        const read = answer?.parts.flatMap((part) =>
          part.type === 'tool-call'
            ? [{ id: part.id, name: part.name, input: JSON.parse(part.input || '{}') as unknown }]
            : [],
        );
        assert.deepEqual(
          read,
          calls.map(({ id, name, input }) => ({ id, name, input })),
        );
        const found = results?.parts.map((part) =>
          part.type === 'tool-result' && part.parts[0]?.type === 'text' ? [part.id, part.parts[0].text] : [],
        );
        assert.deepEqual(
          found,
          calls.map((one) => [one.id, one.found]),
        );
      }),
    );
  });

  /** What the editor keeps of what it was told, as its classes. */
  const kept = (one: Told): unknown =>
    one.type === 'text'
      ? text(one.text)
      : one.type === 'thinking'
        ? thinking(one.text, one.metadata)
        : one.type === 'tool-call'
          ? call(one.id, one.name, one.input)
          : data('usage', JSON.stringify(one.usage));

  const signed = words.map((said): Part => ({
    type: 'reasoning',
    text: said,
    extras: { anthropic: { signature: `sig of ${said.length}` } },
  }));
  const ofOthers = words.map((said): Part => ({
    type: 'reasoning',
    text: said,
    extras: { gemini: { thoughtSignature: 'x' } },
  }));
  const answered = fc
    .record({ id, name, input })
    .map((one): Part => ({ type: 'tool-call', id: one.id, name: one.name, input: JSON.stringify(one.input) }));
  const said = words.map((one): Part => ({ type: 'text', text: one }));

  it('gives back what was answered: words, calls, and thinking with whatever provider signed it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(signed, ofOthers, answered, said), { minLength: 1, maxLength: 6 }), (parts) => {
        const frames = written(parts).flatMap(streamWriter());
        const heard = frames.flatMap(anthropic.streamReader()).flatMap(answerReader());
        const body = bodyOf([user(text('Go')), assistant(...heard.map(kept)), user(text('And?'))]);
        const back = anthropic.readRequest(body).turns[1]?.parts ?? [];
        assert.deepEqual(joined(back), joined(parts));
      }),
    );
  });
});

/** An answer of these parts, as a provider streams it. */
const written = (parts: readonly Part[]): readonly ChatEvent[] => [
  { type: 'start', id: 'm', model: 'claude' },
  ...parts.flatMap((part, index): readonly ChatEvent[] => {
    if (part.type === 'media' || part.type === 'tool-result') return [];
    const { extras, ...bare } = part;
    const head: Part = bare.type === 'tool-call' ? { ...bare, input: '' } : { ...bare, text: '' };
    return [
      { type: 'part-start', index, part: head },
      { type: 'part-delta', index, text: bare.type === 'tool-call' ? bare.input : bare.text },
      { type: 'part-end', index, ...(extras && { extras }) },
    ];
  }),
  { type: 'finish', reason: 'stop' },
];

/** The editor joins texts that follow one another, and calls are compared by what they say. */
function joined(parts: readonly Part[]): readonly unknown[] {
  const all: unknown[] = [];
  let before = '';
  for (const part of parts) {
    if (part.type === 'text' && before === 'text') all[all.length - 1] = `${String(all.at(-1))}${part.text}`;
    else if (part.type === 'text') all.push(part.text);
    else if (part.type === 'tool-call') all.push([part.id, part.name, JSON.parse(part.input || '{}')]);
    else all.push([part.type === 'reasoning' && part.text, part.extras]);
    before = part.type;
  }
  return all;
}
