import assert from 'node:assert/strict';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { isObject, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../src/lib/json.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';

/** What an answer tells its client, in OpenAI's terms. */
export interface Told {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: unknown; readonly arguments: unknown }[];
  readonly finish: string;
  /** The addresses of what it cites. */
  readonly sources: readonly string[];
  /** As base64. */
  readonly pictures: readonly string[];
  readonly usage: Readonly<Record<UsageKind, number>>;
}
type UsageKind =
  | 'prompt_tokens'
  | 'completion_tokens'
  | 'total_tokens'
  | 'cached_tokens'
  | 'cache_creation_tokens'
  | 'reasoning_tokens';

/** A client's side of a wire format, read here from its documentation alone. */
export interface Client {
  readonly dialect: ClientDialect;
  /** The smallest request. */
  readonly ask: (model: string, stream: boolean) => JsonObject;
  readonly told: (answer: JsonObject) => Told;
  /** The whole answer that a client puts together from a stream. */
  readonly collected: (stream: string) => JsonObject;
}

/** The wire formats that clients speak, by their routes. */
export const clients = {
  chat: {
    dialect: openaiChat,
    ask: (model, stream) => ({
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
    told: toldInChat,
    collected: collectedChat,
  },
  messages: {
    dialect: anthropic,
    ask: (model, stream) => ({ model, max_tokens: 4096, messages: [{ role: 'user', content: 'Hello' }], stream }),
    told: toldInMessages,
    collected: collectedMessage,
  },
  responses: {
    dialect: openaiResponses,
    ask: (model, stream) => ({ model, input: 'Hello', stream }),
    told: toldInResponses,
    collected: collectedResponse,
  },
  gemini: {
    dialect: gemini,
    ask: (model, stream) => ({ model, contents: [{ role: 'user', parts: [{ text: 'Hello' }] }], stream }),
    told: toldInGemini,
    collected: collectedGemini,
  },
} as const satisfies Record<string, Client>;
export type ClientName = keyof typeof clients;
export const clientNames = Object.keys(clients) as readonly ClientName[];

function toldInChat(answer: JsonObject): Told {
  const [choice = {}] = objectsIn(answer['choices']);
  const message = objectIn(choice['message']);
  const usage = objectIn(answer['usage']);
  const { cached_tokens, cache_creation_tokens } = objectIn(usage['prompt_tokens_details']);
  return {
    text: said(message['content']) + said(message['refusal']),
    reasoning: said(message['reasoning_content']),
    calls: objectsIn(message['tool_calls']).map(({ function: called }) => callOf(objectIn(called))),
    finish: said(choice['finish_reason']),
    sources: objectsIn(message['annotations']).map(({ url_citation }) => said(objectIn(url_citation)['url'])),
    pictures: objectsIn(message['images']).map(({ image_url }) => said(objectIn(image_url)['url']).replace(/^.*,/, '')),
    usage: {
      prompt_tokens: count(usage['prompt_tokens']),
      completion_tokens: count(usage['completion_tokens']),
      total_tokens: count(usage['total_tokens']),
      cached_tokens: count(cached_tokens),
      cache_creation_tokens: count(cache_creation_tokens),
      reasoning_tokens: count(objectIn(usage['completion_tokens_details'])['reasoning_tokens']),
    },
  };
}

function collectedChat(stream: string): JsonObject {
  const message: Record<string, Json | undefined> = { role: 'assistant' };
  const calls: Record<string, Json | undefined>[] = [];
  let finish: Json = null;
  let usage: Json = null;
  let head: JsonObject = {};
  const texts = ['content', 'reasoning_content', 'refusal'];
  const lists = ['annotations', 'images', 'thinking_blocks', 'reasoning_details'];
  for (const chunk of chunksIn(stream)) {
    usage = chunk['usage'] ?? usage;
    head = { ...chunk, ...head };
    for (const { delta: given, finish_reason } of objectsIn(chunk['choices'])) {
      const delta = objectIn(given);
      for (const key of texts) if (typeof delta[key] === 'string') message[key] = said(message[key]) + delta[key];
      for (const key of lists)
        if (delta[key] !== undefined) message[key] = [...objectsIn(message[key]), ...objectsIn(delta[key])];
      for (const call of objectsIn(delta['tool_calls'])) addCall(calls, call);
      finish = finish_reason ?? finish;
    }
  }
  if (calls.length > 0) message['tool_calls'] = calls;
  return { ...head, choices: [{ index: 0, message, finish_reason: finish }], usage };
}

function addCall(calls: Record<string, Json | undefined>[], piece: JsonObject): void {
  const at = numberIn(piece['index']) ?? 0;
  const call = (calls[at] ??= {});
  const { name, arguments: input } = objectIn(piece['function']);
  const before = objectIn(call['function']);
  call['id'] ??= piece['id'] ?? null;
  call['function'] = { name: before['name'] ?? name ?? null, arguments: said(before['arguments']) + said(input) };
  if (piece['extra_content'] !== undefined) call['extra_content'] = piece['extra_content'];
}

const stopReasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

function toldInMessages(answer: JsonObject): Told {
  const blocks = objectsIn(answer['content']);
  const usage = objectIn(answer['usage']);
  const read = count(usage['cache_read_input_tokens']);
  const written = count(usage['cache_creation_input_tokens']);
  const prompt = count(usage['input_tokens']) + read + written;
  const output = count(usage['output_tokens']);
  return {
    text: blocks.map(({ text }) => said(text)).join(''),
    reasoning: blocks.map(({ thinking }) => said(thinking)).join(''),
    calls: blocks.filter(({ type }) => type === 'tool_use').map(({ name, input }) => ({ name, arguments: input })),
    finish: stopReasons[said(answer['stop_reason'])] ?? 'other',
    sources: blocks.flatMap(({ citations }) => objectsIn(citations)).map(({ url }) => said(url)),
    pictures: [],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: output,
      total_tokens: prompt + output,
      cached_tokens: read,
      cache_creation_tokens: written,
      reasoning_tokens: count(objectIn(usage['output_tokens_details'])['thinking_tokens']),
    },
  };
}

function collectedMessage(stream: string): JsonObject {
  let message: JsonObject = {};
  const blocks: Record<string, Json | undefined>[] = [];
  const inputs: string[] = [];
  for (const event of chunksIn(stream)) {
    const at = numberIn(event['index']) ?? 0;
    const block = blocks[at] ?? {};
    const delta = objectIn(event['delta']);
    switch (said(event['type'])) {
      case 'message_start':
        message = objectIn(event['message']);
        break;
      case 'content_block_start':
        assert.equal(at, blocks.length, 'blocks are numbered without gaps');
        blocks.push({ ...objectIn(event['content_block']) });
        inputs.push('');
        break;
      case 'content_block_delta':
        for (const key of ['text', 'thinking', 'signature'])
          if (key in delta) block[key] = said(block[key]) + said(delta[key]);
        if ('citation' in delta) block['citations'] = [...objectsIn(block['citations']), objectIn(delta['citation'])];
        inputs[at] = (inputs[at] ?? '') + said(delta['partial_json']);
        break;
      case 'content_block_stop':
        if (inputs[at] !== '') block['input'] = parseJson(inputs[at] ?? '') ?? {};
        break;
      case 'message_delta':
        message = { ...message, ...delta, usage: { ...objectIn(message['usage']), ...objectIn(event['usage']) } };
        break;
    }
  }
  return { ...message, content: blocks };
}

function toldInResponses(answer: JsonObject): Told {
  const items = objectsIn(answer['output']);
  const contents = items.filter(({ type }) => type === 'message').flatMap(({ content }) => objectsIn(content));
  const calls = items.filter(({ type }) => type === 'function_call');
  const summaries = items
    .filter(({ type }) => type === 'reasoning')
    .flatMap(({ summary, content }) => [...objectsIn(summary), ...objectsIn(content)]);
  const usage = objectIn(answer['usage']);
  const { cached_tokens, cache_write_tokens } = objectIn(usage['input_tokens_details']);
  return {
    text: contents.map(({ text, refusal }) => said(text) + said(refusal)).join(''),
    reasoning: summaries.map(({ text }) => said(text)).join(''),
    calls: calls.map(callOf),
    finish: finishOfResponse(answer, calls.length > 0),
    sources: contents.flatMap(({ annotations }) => objectsIn(annotations)).map(({ url }) => said(url)),
    pictures: items.filter(({ type }) => type === 'image_generation_call').map(({ result }) => said(result)),
    usage: {
      prompt_tokens: count(usage['input_tokens']),
      completion_tokens: count(usage['output_tokens']),
      total_tokens: count(usage['total_tokens']),
      cached_tokens: count(cached_tokens),
      cache_creation_tokens: count(cache_write_tokens),
      reasoning_tokens: count(objectIn(usage['output_tokens_details'])['reasoning_tokens']),
    },
  };
}

function finishOfResponse({ status, incomplete_details }: JsonObject, hasCalls: boolean): string {
  if (status === 'completed') return hasCalls ? 'tool_calls' : 'stop';
  const { reason } = objectIn(incomplete_details);
  if (status !== 'incomplete') return 'other';
  return reason === 'max_output_tokens' ? 'length' : said(reason);
}

/** The last event holds the whole answer; what came in deltas must be the same. */
function collectedResponse(stream: string): JsonObject {
  const events = chunksIn(stream);
  const last = objectIn(events.at(-1)?.['response']);
  const deltas = (type: string): string =>
    events.map((event) => (event['type'] === type ? said(event['delta']) : '')).join('');
  const told = toldInResponses(last);
  assert.equal(deltas('response.output_text.delta') + deltas('response.refusal.delta'), told.text);
  assert.equal(deltas('response.reasoning_summary_text.delta'), told.reasoning);
  const items = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => objectIn(item));
  assert.deepEqual(items, objectsIn(last['output']));
  return last;
}

function toldInGemini(answer: JsonObject): Told {
  const [candidate = {}] = objectsIn(answer['candidates']);
  const parts = objectsIn(objectIn(candidate['content'])['parts']);
  const calls = parts
    .filter(({ functionCall }) => isObject(functionCall))
    .map((part) => objectIn(part['functionCall']));
  const usage = objectIn(answer['usageMetadata']);
  const thoughts = count(usage['thoughtsTokenCount']);
  return {
    text: parts.map(({ text, thought }) => (thought === true ? '' : said(text))).join(''),
    reasoning: parts.map(({ text, thought }) => (thought === true ? said(text) : '')).join(''),
    calls: calls.map(({ name, args }) => ({ name, arguments: args ?? {} })),
    finish: finishOfGemini(candidate['finishReason'], calls.length > 0),
    sources: objectsIn(objectIn(candidate['groundingMetadata'])['groundingChunks']).map(({ web, retrievedContext }) =>
      said(objectIn(web ?? retrievedContext)['uri']),
    ),
    pictures: parts
      .filter(({ inlineData }) => isObject(inlineData))
      .map((part) => said(objectIn(part['inlineData'])['data'])),
    usage: {
      prompt_tokens: count(usage['promptTokenCount']),
      completion_tokens: count(usage['candidatesTokenCount']) + thoughts,
      total_tokens: count(usage['totalTokenCount']),
      cached_tokens: count(usage['cachedContentTokenCount']),
      cache_creation_tokens: 0,
      reasoning_tokens: thoughts,
    },
  };
}

function finishOfGemini(word: Json | undefined, hasCalls: boolean): string {
  if (word === 'STOP') return hasCalls ? 'tool_calls' : 'stop';
  if (word === 'MAX_TOKENS') return 'length';
  return word === 'OTHER' ? 'other' : 'content_filter';
}

/** Chunks are answers themselves: a client adds up their parts, and what is told later stands. */
function collectedGemini(stream: string): JsonObject {
  const parts: JsonObject[] = [];
  let answer: JsonObject = {};
  let last: JsonObject = {};
  for (const chunk of chunksIn(stream)) {
    const [candidate = {}] = objectsIn(chunk['candidates']);
    parts.push(...objectsIn(objectIn(candidate['content'])['parts']));
    last = { ...last, ...candidate };
    answer = { ...answer, ...chunk };
  }
  return { ...answer, candidates: [{ ...last, content: { role: 'model', parts } }] };
}

/** The JSON in the data lines of a stream. */
export const chunksIn = (stream: string): readonly JsonObject[] =>
  stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => objectIn(parseJson(line.slice('data: '.length))));

const said = (value: Json | undefined): string => stringIn(value) ?? '';
const count = (value: Json | undefined): number => numberIn(value) ?? 0;
const callOf = ({ name, arguments: input }: JsonObject) => ({ name, arguments: parseJson(said(input)) });
