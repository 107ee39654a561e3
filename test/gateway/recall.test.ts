import assert from 'node:assert/strict';
import type { ChatEvent, ChatRequest, Part, Turn } from '../../src/chat/chat.ts';
import { recall, recallCollector } from '../../src/gateway/recall.ts';
import { chatAnswer, chatChunk, events, fakeProvider, json, usageChunk } from '../support/fake-provider.ts';
import type { FakeProvider } from '../support/fake-provider.ts';
import { configText, hello, openaiModel } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const signed: Part = { type: 'reasoning', text: 'Look.', extras: { anthropic: { signature: 'signed' } } };
const text: Part = { type: 'text', text: 'I look.' };
const call = (id: string, extras?: Part['extras'], input = '{"town":"Brest"}'): Part => ({
  type: 'tool-call',
  id,
  name: 'weather',
  input,
  ...(extras && { extras }),
});
const thought = { gemini: { thoughtSignature: 'c2lnbmVk' } };

const request = (...parts: readonly Part[]): ChatRequest => ({
  model: 'm',
  turns: [
    { role: 'user', parts: [{ type: 'text', text: 'Rain?' }] },
    { role: 'assistant', parts },
  ],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
});
const partsOf = ({ turns }: { readonly turns: readonly Turn[] }): readonly Part[] | undefined => turns[1]?.parts;

describe('recall', () => {
  it('gives a call its signature back', () => {
    const memory = recall();
    memory.remember('a', [call('1', thought)]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('1')))), [call('1', thought)]);
  });

  it("puts reasoning that was lost at the turn's beginning, and later reasoning before its own call", () => {
    const later: Part = { type: 'reasoning', text: 'And there.' };
    const memory = recall();
    memory.remember('a', [signed, text, call('1'), later, call('2')]);
    assert.deepEqual(partsOf(memory.filled('a', request(text, call('1'), call('2')))), [
      signed,
      text,
      call('1'),
      later,
      call('2'),
    ]);
  });

  it('replaces reasoning that came back without its signature', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1')]);
    const unsigned: Part = { type: 'reasoning', text: 'Look.' };
    assert.deepEqual(partsOf(memory.filled('a', request(unsigned, call('1')))), [signed, call('1')]);
  });

  it('leaves a request alone that has lost nothing', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1', thought)]);
    const whole = request(signed, call('1', thought));
    assert.equal(memory.filled('a', whole), whole);
    const other = request(
      { type: 'reasoning', text: 'Mine.', extras: { gemini: { thoughtSignature: 'x' } } },
      call('9'),
    );
    assert.equal(memory.filled('a', other), other);
  });

  it('never tells one caller what another got', () => {
    const memory = recall();
    memory.remember('a', [signed, call('1', thought)]);
    const asked = request(call('1'));
    assert.equal(memory.filled('b', asked), asked);
  });

  it('does not take a call for another that has the same id', () => {
    const memory = recall();
    memory.remember('a', [signed, call('functions.weather:0')]);
    const asked = request(call('functions.weather:0', undefined, '{"town":"Lorient"}'));
    assert.equal(memory.filled('a', asked), asked);
    const respelt = request(call('functions.weather:0', undefined, '{ "town": "Brest" }'));
    assert.equal(partsOf(memory.filled('a', respelt))?.[0], signed);
  });

  it('forgets the call that was used longest ago when it holds too many', () => {
    const memory = recall({ count: 2, size: 1_000_000 });
    for (const id of ['1', '2']) memory.remember('a', [call(id, thought)]);
    memory.filled('a', request(call('1'))); // used again
    memory.remember('a', [call('3', thought)]);
    const filled = partsOf(memory.filled('a', request(call('1'), call('2'), call('3'))));
    assert.deepEqual(
      filled?.map(({ extras }) => extras),
      [thought, undefined, thought],
    );
  });

  it('holds no more characters than it may', () => {
    const memory = recall({ count: 100, size: 1_000 });
    const long: Part = { type: 'reasoning', text: 'x'.repeat(600) };
    memory.remember('a', [long, call('1')]);
    memory.remember('a', [long, call('2')]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('1')))), [call('1')]);
    assert.deepEqual(partsOf(memory.filled('a', request(call('2')))), [long, call('2')]);
    memory.remember('a', [long, call('2')]); // the same call again does not count twice
    assert.deepEqual(partsOf(memory.filled('a', request(call('2')))), [long, call('2')]);
  });

  it('collects from events what it needs, and no text', () => {
    const collector = recallCollector();
    const events: readonly ChatEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
      { type: 'part-delta', index: 0, text: 'Look.' },
      { type: 'part-end', index: 0, extras: { anthropic: { signature: 'signed' } } },
      { type: 'part-start', index: 1, part: { type: 'text', text: '' } },
      { type: 'part-delta', index: 1, text: 'I look.' },
      { type: 'part-end', index: 1 },
      { type: 'part-start', index: 2, part: { type: 'tool-call', id: '1', name: 'weather', input: '' } },
      { type: 'part-delta', index: 2, text: '{"town":"Brest"}' },
      { type: 'part-end', index: 2 },
    ];
    events.forEach(collector.see);
    assert.deepEqual(collector.parts(), [signed, call('1')]);
  });
});

describe('a relay to a provider that wants its thoughts back', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  before(async () => {
    provider = await fakeProvider();
    gateway = await gatewayUnderTest(
      configText([
        openaiModel('deep', provider.url, { model: 'deepseek/deepseek-reasoner' }),
        openaiModel('router', provider.url, { model: 'openrouter/google/gemini-3-pro' }),
        openaiModel('plain', provider.url),
        openaiModel('google', `${provider.url}/generativelanguage.googleapis.com/v1beta/openai`, {
          model: 'openai/gemini-3-pro',
        }),
      ]),
    );
  });
  after(async () => {
    await gateway.close();
    await provider.close();
  });

  const toolCall = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"town":"Brest"}' } };
  const said = (more: object) => ({ role: 'assistant', content: null, ...more });
  const whole = (message: object) => ({
    ...chatAnswer(''),
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  });

  /** The message that the provider gets back when the client has kept nothing but the calls. */
  async function sentBack(model: string, stream = false): Promise<unknown> {
    await gateway.call(hello(model, { stream }));
    provider.plays(json(200, chatAnswer('It rains.')));
    provider.requests.splice(0);
    const messages = [
      { role: 'user', content: 'Rain?' },
      said({ tool_calls: [toolCall] }),
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    ];
    await gateway.call({ model, messages });
    return (provider.requests[0]?.body['messages'] as readonly unknown[])[1];
  }

  it('gives DeepSeek its reasoning back, streamed', async () => {
    provider.plays(
      events(
        chatChunk({ role: 'assistant', content: null, reasoning_content: 'Look ' }),
        chatChunk({ reasoning_content: 'outside.' }),
        chatChunk({ tool_calls: [{ index: 0, ...toolCall }] }),
        chatChunk({}, 'tool_calls'),
        usageChunk(),
        '[DONE]',
      ),
    );
    const back = said({ reasoning_content: 'Look outside.', tool_calls: [toolCall] });
    assert.deepEqual(await sentBack('deep', true), back);
  });

  it('gives DeepSeek its reasoning back, whole', async () => {
    provider.plays(json(200, whole(said({ reasoning_content: 'Look.', tool_calls: [toolCall] }))));
    assert.deepEqual(await sentBack('deep'), said({ reasoning_content: 'Look.', tool_calls: [toolCall] }));
  });

  it('gives OpenRouter its sealed details back', async () => {
    const reasoning_details = [
      { type: 'reasoning.encrypted', data: 'c2VhbGVk', id: 'call_1', format: 'google-gemini-v1' },
    ];
    provider.plays(json(200, whole(said({ reasoning_details, tool_calls: [toolCall] }))));
    assert.deepEqual(await sentBack('router'), said({ reasoning_details, tool_calls: [toolCall] }));
  });

  it("gives Google's compatible address its signatures back", async () => {
    const signed = { ...toolCall, extra_content: { google: { thought_signature: 'c2lnbmVk' } } };
    provider.plays(json(200, whole(said({ tool_calls: [signed] }))));
    assert.deepEqual(await sentBack('google'), said({ tool_calls: [signed] }));
  });

  it('remembers nothing for others, which may refuse it', async () => {
    provider.plays(json(200, whole(said({ reasoning_content: 'Look.', tool_calls: [toolCall] }))));
    assert.deepEqual(await sentBack('plain'), said({ tool_calls: [toolCall] }));
  });
});
