import assert from 'node:assert/strict';
import { noUsage } from '../../../src/chat/chat.ts';
import type { ChatAnswer, ChatEvent, Part } from '../../../src/chat/chat.ts';
import { collect, eventsOf } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { ollama } from '../../../src/dialects/ollama/ollama.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../src/dialects/openai-responses/openai-responses.ts';
import type { ProviderDialect } from '../../../src/dialects/dialect.ts';
import { objectIn, objectsIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { framesOf, recordings } from '../../support/fixtures.ts';
import { assertInOrder, dataOf, requestOf } from './support.ts';

const sources: readonly (readonly [string, ProviderDialect])[] = [
  ['anthropic', anthropic],
  ['gemini', gemini],
  ['openai-chat', openaiChat],
  ['ollama', ollama],
];

/** Up to the finish: some recordings hold the answers of several turns. */
function eventsIn(dialect: ProviderDialect, path: string): readonly ChatEvent[] | undefined {
  const read = dialect.streamReader();
  try {
    const events = [...framesOf(path), { data: '[DONE]' }].flatMap((frame) => read(frame));
    return events.slice(0, events.findIndex(({ type }) => type === 'finish') + 1);
  } catch (error) {
    if (error instanceof Failure) return undefined; // a recording that breaks off with an error
    throw error;
  }
}

const framesFor = (events: readonly ChatEvent[], body: JsonObject = {}) => {
  const write = openaiResponses.streamWriter(requestOf(body));
  return events.flatMap((event) => write(event));
};

function readBack(events: readonly ChatEvent[]): ChatAnswer {
  const read = openaiResponses.streamReader();
  return collect(framesFor(events).flatMap((frame) => read(frame)));
}

const textOf = (answer: ChatAnswer, type: Part['type']): string =>
  answer.parts.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
const callsOf = (answer: ChatAnswer): unknown =>
  answer.parts.flatMap((part) =>
    part.type === 'tool-call' ? [[part.id, part.name, part.input === '' ? '{}' : part.input]] : [],
  );

for (const [folder, dialect] of sources) {
  describe(`a stream of ${folder} written as a response`, () => {
    for (const path of recordings(folder, '.chunks.txt', '.sse')) {
      const events = eventsIn(dialect, path);
      if (!events || events.length === 0) continue;
      const answer = collect(events);

      it(`keeps the order that clients rely on: ${path}`, () => assertInOrder(framesFor(events)));

      it(`says the same: ${path}`, () => {
        const back = readBack(events);
        assert.equal(textOf(back, 'text'), textOf(answer, 'text'));
        assert.equal(textOf(back, 'reasoning'), textOf(answer, 'reasoning'));
        assert.deepEqual(callsOf(back), callsOf(answer));
      });
    }
  });
}

const start: ChatEvent = { type: 'start', id: 'r1', model: 'm', created: 7 };
const finish: ChatEvent = { type: 'finish', reason: 'stop', usage: { ...noUsage, input: 3, cacheRead: 2, output: 5 } };
const whole = (...parts: readonly Part[]): readonly ChatEvent[] =>
  eventsOf({ id: 'r1', model: 'm', created: 7, parts, reason: 'stop' });
const outputOf = (events: readonly ChatEvent[], body: JsonObject = {}): readonly JsonObject[] => {
  const frames = framesFor(events, body);
  assertInOrder(frames);
  return objectsIn(objectIn(dataOf(frames).at(-1)?.['response'])['output']);
};

describe('a response written as a stream', () => {
  it('begins and ends with the response, which repeats what was asked', () => {
    const tools = [{ type: 'function', name: 'f', parameters: { type: 'object' } }];
    const asked = { tools, temperature: 0.5, metadata: { a: 'b' }, instructions: 'Be kind.', max_output_tokens: 9 };
    const frames = framesFor([start, finish], { ...asked, reasoning: { effort: 'low' }, text: { verbosity: 'low' } });
    const [created, , completed] = dataOf(frames).map(({ response }) => objectIn(response));
    for (const response of [created, completed]) {
      assert.ok(response);
      const repeated = Object.fromEntries(Object.keys(asked).map((field) => [field, response[field]]));
      assert.deepEqual(repeated, asked);
      assert.deepEqual(response['reasoning'], { effort: 'low', summary: null });
      assert.deepEqual(response['text'], { format: { type: 'text' }, verbosity: 'low' });
    }
    assert.equal(created?.['status'], 'in_progress');
    assert.deepEqual(completed?.['usage'], {
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 10,
    });
  });

  it('is incomplete where the answer was cut, and says why', () => {
    for (const [reason, why] of [
      ['length', 'max_output_tokens'],
      ['content-filter', 'content_filter'],
    ] as const) {
      const last = dataOf(framesFor([start, { type: 'finish', reason }])).at(-1);
      assert.equal(last?.['type'], 'response.incomplete');
      assert.deepEqual(objectIn(last['response'])['incomplete_details'], { reason: why });
    }
  });

  it('makes one message of texts that follow one another', () => {
    const output = outputOf(whole({ type: 'text', text: 'one ' }, { type: 'text', text: 'two' }));
    assert.equal(output.length, 1);
    assert.deepEqual(
      objectsIn(output[0]?.['content']).map(({ text }) => text),
      ['one ', 'two'],
    );
  });

  it('has no item for a part without content', () => {
    assert.deepEqual(outputOf(whole({ type: 'text', text: '' }, { type: 'reasoning', text: '' })), []);
  });

  it('gives a call without arguments those that parse', () => {
    const [call] = outputOf(whole({ type: 'tool-call', id: 'c', name: 'f', input: '' }));
    assert.equal(call?.['arguments'], '{}');
  });

  it('lets what belongs to a later part wait until the earlier one has ended', () => {
    const call = (id: string) => ({ type: 'tool-call', id, name: 'f', input: '' }) as const;
    const output = outputOf([
      start,
      { type: 'part-start', index: 0, part: call('a') },
      { type: 'part-start', index: 1, part: call('b') },
      { type: 'part-delta', index: 1, text: '{"b":1}' },
      { type: 'part-delta', index: 0, text: '{"a":1}' },
      { type: 'part-end', index: 0 },
      { type: 'part-end', index: 1 },
      finish,
    ]);
    assert.deepEqual(
      output.map((item) => [item['call_id'], item['arguments']]),
      [
        ['a', '{"a":1}'],
        ['b', '{"b":1}'],
      ],
    );
  });

  it('gives the call of a custom tool its raw text, and of a shell its action', () => {
    const tools = [{ type: 'custom', name: 'patch' }, { type: 'local_shell' }];
    const output = outputOf(
      whole(
        { type: 'tool-call', id: 'a', name: 'patch', input: '{"input":"*** Begin\\n\\"x\\""}' },
        { type: 'tool-call', id: 'b', name: 'local_shell', input: '{"command":["ls","-l"],"timeout_ms":5}' },
      ),
      { tools },
    );
    assert.deepEqual(
      output.map(({ type, call_id, input, action }) => ({ type, call_id, input, action })),
      [
        { type: 'custom_tool_call', call_id: 'a', input: '*** Begin\n"x"', action: undefined },
        {
          type: 'local_shell_call',
          call_id: 'b',
          input: undefined,
          action: { type: 'exec', command: ['ls', '-l'], env: {}, timeout_ms: 5 },
        },
      ],
    );
  });

  it('gives the call of a function in a namespace back under its own name', () => {
    const tools = [{ type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] }];
    const [call] = outputOf(whole({ type: 'tool-call', id: 'a', name: 'agents__spawn', input: '{}' }), { tools });
    assert.deepEqual([call?.['namespace'], call?.['name']], ['agents', 'spawn']);
  });

  it('tells refusals, sources and pictures in their own words', () => {
    const output = outputOf(
      whole(
        { type: 'text', text: 'No.', extras: { 'openai-chat': { refusal: true } } },
        { type: 'text', text: 'Yes.', citations: [{ url: 'https://a.example', title: 'A', start: 0, end: 3 }] },
        { type: 'media', kind: 'image', mediaType: 'image/webp', data: 'AA==' },
      ),
    );
    assert.deepEqual(output[0]?.['content'], [
      { type: 'refusal', refusal: 'No.' },
      {
        type: 'output_text',
        text: 'Yes.',
        annotations: [{ type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 3 }],
        logprobs: [],
      },
    ]);
    assert.deepEqual([output[1]?.['type'], output[1]?.['result']], ['image_generation_call', 'AA==']);
  });

  it('has no place for frames that only another dialect understands', () => {
    const foreign: ChatEvent = { type: 'foreign', dialect: 'anthropic', frame: { data: '{}' } };
    assert.equal(framesFor([start, foreign, finish]).length, 3);
  });
});
