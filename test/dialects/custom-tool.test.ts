import assert from 'node:assert/strict';
import type { ChatAnswer, ChatEvent } from '../../src/chat/chat.ts';
import { eventsOf } from '../../src/chat/collect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { objectIn, objectsIn, parseJson, stringIn } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const grammar = { syntax: 'lark', definition: 'start: "SELECT" /.+/' };
const sql = { name: 'sql', description: 'Asks the database.' };
const tool = { type: 'custom', custom: { ...sql, format: { type: 'grammar', grammar } } };
const called = { id: 'call_1', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } };

/** A second turn of a chat client with a custom tool, which must be used. */
const body: JsonObject = {
  model: 'm',
  messages: [
    { role: 'user', content: 'How many?' },
    { role: 'assistant', content: null, tool_calls: [called] },
    { role: 'tool', tool_call_id: 'call_1', content: '1' },
  ],
  tools: [tool, { type: 'function', function: { name: 'look' } }],
  tool_choice: { type: 'custom', custom: { name: 'sql' } },
};
const request = openaiChat.readRequest(body);

describe('a chat client’s custom tool', () => {
  it('is a custom tool in Responses, with its call, its result and the order to use it', () => {
    const wire = openaiResponses.writeRequest(request);
    assert.deepEqual(objectsIn(wire.tools)[0], { type: 'custom', ...sql, format: { type: 'grammar', ...grammar } });
    assert.deepEqual(objectsIn(wire.input).slice(1), [
      { type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'SELECT 1' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
    ]);
    assert.deepEqual(wire.tool_choice, { type: 'custom', name: 'sql' });
  });

  it('is a function elsewhere, with the text as its one argument and the grammar in words', () => {
    const wire = anthropic.writeRequest({ ...request, model: 'claude-sonnet-4-5' });
    const [first] = objectsIn(wire.tools);
    assert.match(
      stringIn(first?.description) ?? '',
      /^Asks the database\.\n\n`input` must match this lark grammar:\nstart/,
    );
    assert.deepEqual(objectIn(first?.input_schema).required, ['input']);
    assert.deepEqual(objectsIn(objectsIn(wire.messages)[1]?.content)[0], {
      ...{ type: 'tool_use', id: 'call_1', name: 'sql' },
      input: { input: 'SELECT 1' },
    });
    assert.deepEqual(wire.tool_choice, { type: 'tool', name: 'sql' });
  });

  it('without a name is refused by its place', () => {
    const unnamed = { ...body, tools: [{ type: 'custom', custom: {} }] };
    assert.throws(() => openaiChat.readRequest(unnamed), /tools\[0\]\.custom\.name is missing/);
    const call = { ...called, custom: { input: 'x' } };
    const messages = [{ role: 'assistant', tool_calls: [call] }];
    assert.throws(() => openaiChat.readRequest({ ...body, messages }), /tool_calls\[0\]\.custom\.name is missing/);
  });
});

/** Calls as a provider with only functions makes them, and as one with custom tools does. */
const wrapped = { type: 'tool-call', id: 'call_2', name: 'sql', input: '{"input": "SELECT 2"}' } as const;
const extras = { 'openai-responses': { type: 'custom_tool_call' } };
const plain = { ...wrapped, id: 'call_3', input: '{"input": 3}', extras };
const look = { type: 'tool-call', id: 'call_4', name: 'look', input: '{"input": "far"}' } as const;
const answer: ChatAnswer = { id: 'c', model: 'm', created: 1, parts: [wrapped, plain, look], reason: 'tool-calls' };

describe('a call of a custom tool, for a chat client', () => {
  it('holds the text, not the object around it', () => {
    assert.deepEqual(objectsIn(openaiChat.writeAnswer(answer, request).choices)[0]?.message, {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_2', type: 'custom', custom: { name: 'sql', input: 'SELECT 2' } },
        { id: 'call_3', type: 'custom', custom: { name: 'sql', input: '{"input": 3}' } },
        { id: 'call_4', type: 'function', function: { name: 'look', arguments: '{"input": "far"}' } },
      ],
    });
  });

  it('keeps a text that looks like the object', () => {
    const looksLike = { ...plain, input: '{"input": "kept"}' };
    const { choices } = openaiChat.writeAnswer({ ...answer, parts: [looksLike] }, request);
    const message = objectIn(objectsIn(choices)[0]?.message);
    assert.deepEqual(objectsIn(message.tool_calls)[0]?.custom, { name: 'sql', input: '{"input": "kept"}' });
  });

  it('is streamed head first, then its text', () => {
    const write = openaiChat.streamWriter(request);
    const deltas = inPieces(eventsOf(answer))
      .flatMap((event) => write(event))
      .map(({ data }) => objectIn(objectsIn(objectIn(parseJson(data)).choices)[0]?.delta))
      .flatMap(({ tool_calls }) => objectsIn(tool_calls));
    assert.deepEqual(deltas.slice(0, 4), [
      { index: 0, id: 'call_2', type: 'custom', custom: { name: 'sql', input: '' } },
      { index: 0, custom: { input: 'SELECT 2' } },
      { index: 1, id: 'call_3', type: 'custom', custom: { name: 'sql', input: '' } },
      { index: 1, custom: { input: '{"input": 3}' } },
    ]);
    assert.deepEqual(deltas[4], {
      index: 2,
      id: 'call_4',
      type: 'function',
      function: { name: 'look', arguments: '' },
    });
  });
});

/** Deltas of a few characters each. */
const inPieces = (events: readonly ChatEvent[]): readonly ChatEvent[] =>
  events.flatMap((event): readonly ChatEvent[] =>
    event.type === 'part-delta' ? (event.text.match(/.{1,5}/g) ?? []).map((text) => ({ ...event, text })) : [event],
  );
