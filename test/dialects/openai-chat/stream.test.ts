import assert from 'node:assert/strict';
import type { ChatEvent } from '../../../src/chat/chat.ts';
import { collect } from '../../../src/chat/collect.ts';
import { Failure } from '../../../src/chat/failure.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { isUsageOnly } from '../../../src/dialects/openai-chat/stream.ts';
import { stringIn } from '../../../src/lib/json.ts';
import { sseParser } from '../../../src/lib/sse.ts';
import type { SseFrame } from '../../../src/lib/sse.ts';
import { cut, readJson } from '../../support/fixtures.ts';

const frame = (chunk: object): SseFrame => ({ data: JSON.stringify({ id: 'c1', model: 'm', ...chunk }) });
const delta = (value: object, reason: string | null = null): SseFrame =>
  frame({ choices: [{ index: 0, delta: value, finish_reason: reason }] });
const done: SseFrame = { data: '[DONE]' };

function read(...frames: readonly SseFrame[]): readonly ChatEvent[] {
  const reader = openaiChat.streamReader();
  return frames.flatMap((one) => reader(one));
}
const calls = (...deltas: readonly object[]) =>
  collect(read(...deltas.map((one) => delta({ tool_calls: [one] })), delta({}, 'tool_calls'), done)).parts.map(
    (part) => (part.type === 'tool-call' ? [part.name, part.input] : part.type),
  );
const call = (name: string, args: unknown, rest: object = {}) => ({ ...rest, function: { name, arguments: args } });

describe('OpenAI’s stream', () => {
  it('finishes at its end, with the last usage told', () => {
    const usage = (completion: number) => ({ usage: { prompt_tokens: 3, completion_tokens: completion } });
    const events = read(
      frame({ choices: [{ index: 0, delta: { content: 'a' } }], ...usage(1) }),
      frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ...usage(2) }),
      frame({ choices: [], ...usage(9) }),
      done,
      done,
    );
    const finishes = events.filter((event) => event.type === 'finish');
    assert.equal(finishes.length, 1);
    assert.equal(finishes[0]?.usage?.output, 9);
  });

  it('has no finish when it broke off before the provider said that it was whole', () => {
    assert.deepEqual(
      read(delta({ content: 'a' }), done).filter((event) => event.type === 'finish'),
      [],
    );
  });

  it('is finished by a usage chunk alone, where no reason was given', () => {
    const events = read(
      delta({ content: 'a' }),
      frame({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
      done,
    );
    assert.equal(events.at(-1)?.type, 'finish');
  });

  it('begins when the answer does, not with Azure’s filter results', () => {
    const filter: SseFrame = { data: '{"choices":[],"id":"","model":"","prompt_filter_results":[]}' };
    assert.deepEqual(read(filter), []);
    assert.deepEqual(read(filter, delta({ role: 'assistant', content: '' })), [
      { type: 'start', id: 'c1', model: 'm' },
    ]);
  });

  it('says tool-calls where a server says stop after calls, so that agents go on', () => {
    const events = read(delta({ tool_calls: [call('f', '{}', { id: 'x', index: 0 })] }), delta({}, 'stop'), done);
    assert.deepEqual(events.at(-1), { type: 'finish', reason: 'tool-calls' });
  });

  it('takes a reason it does not know for another one', () => {
    assert.deepEqual(read(delta({}, 'insufficient_system_resource'), done).at(-1), { type: 'finish', reason: 'other' });
    assert.deepEqual(read(delta({}, ''), done), [{ type: 'start', id: 'c1', model: 'm' }]);
  });

  it('reads only the first of several answers', () => {
    const other = frame({ choices: [{ index: 1, delta: { content: 'second' } }] });
    assert.deepEqual(collect(read(delta({ content: 'first' }), other, delta({}, 'stop'), done)).parts, [
      { type: 'text', text: 'first' },
    ]);
  });

  it('passes over what is no JSON', () => assert.deepEqual(read({ data: '' }, { data: 'ping' }), []));
});

describe('tool calls in a stream', () => {
  it('go on by their index, as OpenAI sends them', () => {
    assert.deepEqual(
      calls(
        call('f', '', { index: 0, id: 'a' }),
        { index: 0, function: { arguments: '{"x"' } },
        { index: 0, function: { arguments: ':1}' } },
        call('g', '', { index: 1, id: 'b' }),
        { index: 1, function: { arguments: '{}' } },
      ),
      [
        ['f', '{"x":1}'],
        ['g', '{}'],
      ],
    );
  });

  it('go on where the id is repeated, with or without an index', () => {
    const pieces = (rest: object) => [call('f', '{"x"', { id: 'a', ...rest }), call('f', ':1}', { id: 'a', ...rest })];
    assert.deepEqual(calls(...pieces({ index: 0 })), [['f', '{"x":1}']]);
    assert.deepEqual(calls(...pieces({})), [['f', '{"x":1}']]);
  });

  it('go on where an empty name comes with every piece', () => {
    assert.deepEqual(calls(call('f', '', { index: 0, id: 'a' }), call('', '{}', { index: 0 })), [['f', '{}']]);
  });

  it('are told apart where every whole call has the index 0', () => {
    const whole = (id: string) => call('f', '{"x":1}', { index: 0, id });
    assert.deepEqual(calls(whole('a'), whole('b')), [
      ['f', '{"x":1}'],
      ['f', '{"x":1}'],
    ]);
    assert.deepEqual(calls(whole(''), whole('')), [
      ['f', '{"x":1}'],
      ['f', '{"x":1}'],
    ]);
  });

  it('are told apart where there is neither index nor id', () => {
    assert.deepEqual(calls(call('f', '{}'), call('g', '{}')), [
      ['f', '{}'],
      ['g', '{}'],
    ]);
  });

  it('may give their arguments as an object, or none', () => {
    assert.deepEqual(calls(call('f', { x: 1 }, { id: 'a' }), call('g', null, { id: 'b' })), [
      ['f', '{"x":1}'],
      ['g', ''],
    ]);
  });

  it('get an id of their own where the provider gives none', () => {
    const { parts } = collect(read(delta({ tool_calls: [call('f', '{}'), call('g', '{}')] }), delta({}, 'stop'), done));
    const ids = parts.map((part) => (part.type === 'tool-call' ? part.id : ''));
    assert.equal(new Set(ids).size, 2);
    for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{8,64}$/);
  });

  it('may come in the form of 2023', () => {
    const events = read(
      delta({ function_call: { name: 'f', arguments: '{"x"' } }),
      delta({ function_call: { arguments: ':1}' } }),
      delta({}, 'function_call'),
      done,
    );
    const { parts, reason } = collect(events);
    assert.deepEqual(
      parts.map((part) => (part.type === 'tool-call' ? [part.name, part.input] : [])),
      [['f', '{"x":1}']],
    );
    assert.equal(reason, 'tool-calls');
  });

  it('keep Gemini’s signature', () => {
    const signed = { ...call('f', '{}', { id: 'a' }), extra_content: { google: { thought_signature: 'sig' } } };
    const [part] = collect(read(delta({ tool_calls: [signed] }))).parts;
    assert.deepEqual(part?.extras, { gemini: { thoughtSignature: 'sig' } });
  });
});

describe('thinking in a stream', () => {
  const parts = (...frames: readonly SseFrame[]) => collect(read(...frames, delta({}, 'stop'), done)).parts;

  it('is told once where two fields tell it', () => {
    const twice = {
      reasoning: 'hm',
      reasoning_content: 'hm',
      reasoning_details: [{ type: 'reasoning.text', text: 'hm' }],
    };
    assert.deepEqual(parts(delta(twice)), [{ type: 'reasoning', text: 'hm' }]);
  });

  it('is found in OpenRouter’s details alone', () => {
    const details = (text: string) => delta({ reasoning_details: [{ type: 'reasoning.text', text }] });
    assert.deepEqual(parts(details('a'), details('b')), [{ type: 'reasoning', text: 'ab' }]);
  });

  it('keeps Anthropic’s signatures from LiteLLM’s blocks, in the form of its stream and in ours', () => {
    const block = (thinking: string, signature: string) => [{ type: 'thinking', thinking, signature }];
    const expected = [{ type: 'reasoning', text: 'hm', extras: { anthropic: { signature: 's' } } }];
    const text = delta({ reasoning_content: 'hm', thinking_blocks: block('hm', '') });
    assert.deepEqual(parts(text, delta({ thinking_blocks: block('', 's') })), expected);
    assert.deepEqual(parts(delta({ reasoning_content: 'hm' }), delta({ thinking_blocks: block('hm', 's') })), expected);
    assert.deepEqual(parts(delta({ thinking_blocks: block('hm', 's') })), expected);
  });

  it('keeps redacted thinking, each piece a part of its own', () => {
    const block = { type: 'redacted_thinking', data: 'xyz' };
    const part = { type: 'reasoning', text: '', extras: { anthropic: { redacted: 'xyz' } } };
    assert.deepEqual(parts(delta({ thinking_blocks: [block, block] })), [part, part]);
  });

  it('gives Anthropic its signature also from OpenRouter', () => {
    const details = [{ type: 'reasoning.text', text: '', signature: 's', format: 'anthropic-claude-v1', index: 0 }];
    const [part] = parts(delta({ reasoning: 'hm' }), delta({ reasoning_details: details }));
    assert.equal(part?.extras?.anthropic?.signature, 's');
  });
});

describe('sources in a stream', () => {
  it('told before the text rest on it once, however often they are repeated', () => {
    const citations = ['https://a.example', 'https://b.example'];
    const piece = (content: string) => frame({ citations, choices: [{ index: 0, delta: { content } }] });
    const [part] = collect(read(piece(''), piece('one'), piece(' two'), delta({}, 'stop'), done)).parts;
    assert.deepEqual(part, { type: 'text', text: 'one two', citations: citations.map((url) => ({ url })) });
  });

  it('stay with the text where calls follow it in the same message', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } }];
    const calls = [{ id: 'a', function: { name: 'f', arguments: '{}' } }];
    const message = { content: 'x', tool_calls: calls, annotations };
    const [part] = openaiChat.readAnswer({ id: 'c1', choices: [{ message, finish_reason: 'tool_calls' }] }).parts;
    assert.deepEqual(part, { type: 'text', text: 'x', citations: [{ url: 'https://a.example', title: 'A' }] });
  });

  it('come with their titles where Perplexity tells them', () => {
    const search_results = [{ url: 'https://a.example', title: 'A', date: null }];
    const piece = frame({
      search_results,
      citations: ['https://a.example'],
      choices: [{ index: 0, delta: { content: 'x' } }],
    });
    const [part] = collect(read(piece)).parts;
    assert.deepEqual(part?.type === 'text' && part.citations, [{ url: 'https://a.example', title: 'A' }]);
  });
});

describe('an error inside a stream', () => {
  const thrownBy = (...frames: readonly SseFrame[]): Failure => {
    try {
      read(...frames);
    } catch (error) {
      if (error instanceof Failure) return error;
    }
    throw new Error('no Failure was thrown');
  };

  it('of OpenRouter is thrown with its kind and words', () => {
    const { stream_body } = readJson('errors/openrouter-200-stream-error.json');
    const failure = thrownBy(...cut(sseParser(), new TextEncoder().encode(stringIn(stream_body))));
    assert.equal(failure.kind, 'provider-error');
    assert.equal(failure.status, 502);
    assert.equal(failure.message, 'Provider disconnected unexpectedly');
  });

  it('is found in a choice, in an event of that name, and in vLLM’s own form', () => {
    assert.equal(
      thrownBy(frame({ choices: [{ index: 0, error: { code: 429, message: 'x' } }] })).kind,
      'provider-rate-limited',
    );
    assert.equal(
      thrownBy({ event: 'error', data: '{"message":"x","type":"overloaded_error"}' }).kind,
      'provider-overloaded',
    );
    assert.equal(thrownBy(frame({ object: 'error', message: 'x', code: 400 })).kind, 'invalid-request');
    assert.equal(thrownBy(delta({}, 'error')).kind, 'provider-error');
  });

  it('is not seen in a member that is null', () => {
    assert.equal(read(frame({ error: null, choices: [{ index: 0, delta: { content: 'x' } }] })).length, 3);
  });

  it('is in a frame that bears a sign', () => {
    for (const one of [frame({ error: { message: 'x' } }), delta({}, 'error')]) {
      assert.ok(openaiChat.signs.some((sign) => one.data.includes(sign)));
    }
  });
});

describe('the frame with usage alone', () => {
  it('is told from one that holds an answer’s end too', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    assert.equal(isUsageOnly(frame({ choices: [], usage })), true);
    assert.equal(isUsageOnly(frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })), false);
    assert.equal(isUsageOnly(delta({ content: '"prompt_tokens"' })), false);
    assert.equal(isUsageOnly(done), false);
  });
});
