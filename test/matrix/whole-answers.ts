import type { JsonObject } from '../../src/lib/json.ts';
import type { ProviderName } from '../support/recorded-provider.ts';

/** An answer in the provider's form; each fact that is to be followed holds its mark. */
export interface MarkedAnswer {
  readonly fact: string;
  /** What a client can find only if the fact reached it. */
  readonly mark: string;
  readonly answers: Partial<Record<ProviderName, JsonObject>>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const chat = (message: JsonObject, choice: JsonObject = {}): JsonObject => ({
  id: 'c1',
  object: 'chat.completion',
  created: 1700000000,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.', ...message }, finish_reason: 'stop', ...choice }],
  usage,
});
const response = (...output: readonly JsonObject[]): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1700000000,
  model: 'm',
  status: 'completed',
  output,
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
});
const responseText = (content: JsonObject = {}): JsonObject => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hi.', annotations: [], ...content }],
});
const message = (...content: readonly JsonObject[]): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
});
const text = { type: 'text', text: 'Hi.' };
const candidate = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
  modelVersion: 'm',
  responseId: 'g1',
});
const ollama = (said: JsonObject): JsonObject => ({
  model: 'm',
  created_at: '2026-05-04T10:00:00Z',
  message: { role: 'assistant', content: 'Hi.', ...said },
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 10,
  eval_count: 5,
});
const cohere = (said: JsonObject, reason = 'COMPLETE'): JsonObject => ({
  id: 'co1',
  finish_reason: reason,
  message: { role: 'assistant', content: [text], ...said },
  usage: { billed_units: { input_tokens: 10, output_tokens: 5 }, tokens: { input_tokens: 10, output_tokens: 5 } },
});
const converse = (content: readonly JsonObject[], stopReason = 'end_turn'): JsonObject => ({
  output: { message: { role: 'assistant', content } },
  stopReason,
  usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
});

const weatherIn = (town: string): JsonObject => ({
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ town }) },
});

/** What signs the thoughts in `thoughtfulCalls`. */
export const signature = 'c2lnbmVkIGJ5IHRoZSBtb2RlbA==';

/** Thoughts, signed where the format signs them, and two calls at once, of Brest's weather and of Nice's. */
export const thoughtfulCalls: Record<ProviderName, JsonObject> = {
  'openai-chat': chat(
    {
      content: null,
      reasoning_content: 'I should look.',
      thinking_blocks: [{ type: 'thinking', thinking: 'I should look.', signature }],
      tool_calls: [
        { id: 'call_brest', ...weatherIn('Brest') },
        { id: 'call_nice', ...weatherIn('Nice') },
      ],
    },
    { finish_reason: 'tool_calls' },
  ),
  'openai-responses': response(
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'I should look.' }],
      encrypted_content: signature,
    },
    ...['Brest', 'Nice'].map((town) => ({
      type: 'function_call',
      id: `fc_${town.toLowerCase()}`,
      call_id: `call_${town.toLowerCase()}`,
      name: 'weather',
      arguments: JSON.stringify({ town }),
      status: 'completed',
    })),
  ),
  anthropic: message(
    { type: 'thinking', thinking: 'I should look.', signature },
    { type: 'tool_use', id: 'call_brest', name: 'weather', input: { town: 'Brest' } },
    { type: 'tool_use', id: 'call_nice', name: 'weather', input: { town: 'Nice' } },
  ),
  gemini: candidate([
    { text: 'I should look.', thought: true },
    { functionCall: { id: 'call_brest', name: 'weather', args: { town: 'Brest' } }, thoughtSignature: signature },
    { functionCall: { id: 'call_nice', name: 'weather', args: { town: 'Nice' } } },
  ]),
  ollama: ollama({
    content: '',
    thinking: 'I should look.',
    tool_calls: [
      { function: { name: 'weather', arguments: { town: 'Brest' } } },
      { function: { name: 'weather', arguments: { town: 'Nice' } } },
    ],
  }),
  cohere: cohere(
    {
      content: [],
      tool_plan: 'I should look.',
      tool_calls: [
        { id: 'call_brest', ...weatherIn('Brest') },
        { id: 'call_nice', ...weatherIn('Nice') },
      ],
    },
    'TOOL_CALL',
  ),
  bedrock: converse(
    [
      { reasoningContent: { reasoningText: { text: 'I should look.', signature } } },
      { toolUse: { toolUseId: 'call_brest', name: 'weather', input: { town: 'Brest' } } },
      { toolUse: { toolUseId: 'call_nice', name: 'weather', input: { town: 'Nice' } } },
    ],
    'tool_use',
  ),
};

const called = { type: 'function', function: { name: 'weather', arguments: '{}' } };

/** What answers may hold besides the text, reasoning, calls, finish and usage that the recordings show. */
export const markedAnswers: readonly MarkedAnswer[] = [
  {
    fact: 'the id of a tool call',
    mark: 'call_marked',
    answers: {
      'openai-chat': chat({ tool_calls: [{ id: 'call_marked', ...called }] }, { finish_reason: 'tool_calls' }),
      'openai-responses': response({
        type: 'function_call',
        id: 'fc_1',
        call_id: 'call_marked',
        name: 'weather',
        arguments: '{}',
        status: 'completed',
      }),
      anthropic: message({ type: 'tool_use', id: 'call_marked', name: 'weather', input: {} }),
      gemini: candidate([{ functionCall: { id: 'call_marked', name: 'weather', args: {} } }]),
      cohere: cohere({ content: [], tool_calls: [{ id: 'call_marked', ...called }] }, 'TOOL_CALL'),
      bedrock: converse([{ toolUse: { toolUseId: 'call_marked', name: 'weather', input: {} } }], 'tool_use'),
    },
  },
  {
    fact: 'the address of a source',
    mark: 'https://marked.example/',
    answers: {
      'openai-chat': chat({
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://marked.example/', title: 'T', start_index: 0, end_index: 3 },
          },
        ],
      }),
      'openai-responses': response(
        responseText({
          annotations: [
            { type: 'url_citation', url: 'https://marked.example/', title: 'T', start_index: 0, end_index: 3 },
          ],
        }),
      ),
      anthropic: message({
        ...text,
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://marked.example/',
            title: 'T',
            cited_text: 'q',
            encrypted_index: 'e',
          },
        ],
      }),
      gemini: candidate([{ text: 'Hi.' }], {
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://marked.example/', title: 'T' } }],
          groundingSupports: [{ segment: { startIndex: 0, endIndex: 3, text: 'Hi.' }, groundingChunkIndices: [0] }],
        },
      }),
    },
  },
  {
    fact: 'the words that a source is cited with',
    mark: 'marked words',
    answers: {
      'openai-chat': chat({
        annotations: [
          {
            type: 'url_citation',
            url_citation: {
              url: 'https://a.example/',
              title: 'T',
              content: 'marked words',
              start_index: 0,
              end_index: 3,
            },
          },
        ],
      }),
      anthropic: message({
        ...text,
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://a.example/',
            title: 'T',
            cited_text: 'marked words',
            encrypted_index: 'e',
          },
        ],
      }),
      cohere: cohere({
        citations: [
          {
            start: 0,
            end: 3,
            text: 'Hi.',
            sources: [{ type: 'document', id: 'd1', document: { id: 'd1', title: 'T', text: 'marked words' } }],
            content_index: 0,
            type: 'TEXT_CONTENT',
          },
        ],
      }),
    },
  },
  {
    fact: 'a picture',
    mark: base64('a marked picture'),
    answers: {
      'openai-chat': chat({
        images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${base64('a marked picture')}` } }],
      }),
      'openai-responses': response(
        { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: base64('a marked picture') },
        responseText(),
      ),
      gemini: candidate([{ text: 'Hi.' }, { inlineData: { mimeType: 'image/png', data: base64('a marked picture') } }]),
    },
  },
  {
    fact: 'thoughts in words',
    mark: 'A marked thought.',
    answers: {
      'openai-chat': chat({ reasoning_content: 'A marked thought.' }),
      'openai-responses': response(
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'A marked thought.' }] },
        responseText(),
      ),
      anthropic: message({ type: 'thinking', thinking: 'A marked thought.', signature: 's' }, text),
      gemini: candidate([{ text: 'A marked thought.', thought: true }, { text: 'Hi.' }]),
      ollama: ollama({ thinking: 'A marked thought.' }),
      cohere: cohere({ content: [{ type: 'thinking', thinking: 'A marked thought.' }, text] }),
      bedrock: converse([{ reasoningContent: { reasoningText: { text: 'A marked thought.' } } }, { text: 'Hi.' }]),
    },
  },
  {
    fact: 'the words of a refusal',
    mark: 'I will not, marked.',
    answers: {
      'openai-chat': chat({ content: null, refusal: 'I will not, marked.' }),
      'openai-responses': response({
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'refusal', refusal: 'I will not, marked.' }],
      }),
    },
  },
  {
    fact: 'the stop sequence that ended it',
    mark: 'MARKED-STOP',
    answers: {
      anthropic: { ...message(text), stop_reason: 'stop_sequence', stop_sequence: 'MARKED-STOP' },
    },
  },
  {
    fact: "what the provider's own tools did",
    mark: 'marked search',
    answers: {
      'openai-responses': response(
        {
          type: 'web_search_call',
          id: 'ws_1',
          status: 'completed',
          action: { type: 'search', query: 'marked search' },
        },
        responseText(),
      ),
      anthropic: message(
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'marked search' } },
        text,
      ),
      gemini: candidate([{ executableCode: { language: 'PYTHON', code: 'marked search' } }, { text: 'Hi.' }]),
    },
  },
  {
    fact: 'log probabilities',
    mark: 'marked token',
    answers: {
      'openai-chat': chat(
        {},
        { logprobs: { content: [{ token: 'marked token', logprob: -0.1, bytes: null, top_logprobs: [] }] } },
      ),
      'openai-responses': response(
        responseText({ logprobs: [{ token: 'marked token', logprob: -0.1, bytes: [], top_logprobs: [] }] }),
      ),
      gemini: candidate([{ text: 'Hi.' }], {
        logprobsResult: { chosenCandidates: [{ token: 'marked token', logProbability: -0.1 }] },
      }),
    },
  },
  {
    fact: 'the id of the answer',
    mark: 'marked-answer-id',
    answers: {
      'openai-chat': { ...chat({}), id: 'marked-answer-id' },
      'openai-responses': { ...response(responseText()), id: 'marked-answer-id' },
      anthropic: { ...message(text), id: 'marked-answer-id' },
      gemini: { ...candidate([{ text: 'Hi.' }]), responseId: 'marked-answer-id' },
      cohere: { ...cohere({}), id: 'marked-answer-id' },
    },
  },
  {
    fact: "the model's exact name",
    mark: 'marked-model-2026',
    answers: {
      'openai-chat': { ...chat({}), model: 'marked-model-2026' },
      'openai-responses': { ...response(responseText()), model: 'marked-model-2026' },
      anthropic: { ...message(text), model: 'marked-model-2026' },
      gemini: { ...candidate([{ text: 'Hi.' }]), modelVersion: 'marked-model-2026' },
      ollama: { ...ollama({}), model: 'marked-model-2026' },
    },
  },
];
