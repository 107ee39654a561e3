import type { Json, JsonObject } from '../../src/lib/json.ts';
import type { ClientName } from '../support/client-reading.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const png = base64('\x89PNG a marked picture');
const pdf = base64('%PDF-1.7 a marked document');
const wav = base64('RIFF a marked sound');

const schema = (mark: string): JsonObject => ({
  type: 'object',
  properties: { town: { type: 'string', description: mark } },
  required: ['town'],
});

/** Something that a request may hold, in each format that has it. */
export interface MarkedRequest {
  readonly what: string;
  /** What the provider gets if it arrives; without one, its request differs from that for `otherwise`. */
  readonly mark?: string;
  readonly otherwise?: Partial<Record<ClientName, JsonObject>>;
  readonly asked: Partial<Record<ClientName, JsonObject>>;
}

const user = (content: Json) => ({ role: 'user', content });
const chat = (...content: readonly JsonObject[]): JsonObject => ({
  messages: [user([...content, { type: 'text', text: 'Look.' }])],
});
const messages = (...content: readonly JsonObject[]): JsonObject => ({
  messages: [user([...content, { type: 'text', text: 'Look.' }])],
});
const responses = (...content: readonly JsonObject[]): JsonObject => ({
  input: [user([...content, { type: 'input_text', text: 'Look.' }])],
});
const gemini = (...parts: readonly JsonObject[]): JsonObject => ({
  contents: [{ role: 'user', parts: [...parts, { text: 'Look.' }] }],
});

const weather = (description: string) => ({ name: 'weather', description, parameters: schema('A town') });
const tools: Record<ClientName, JsonObject> = {
  chat: { tools: [{ type: 'function', function: weather('The weather') }] },
  messages: { tools: [{ name: 'weather', description: 'The weather', input_schema: schema('A town') }] },
  responses: { tools: [{ type: 'function', ...weather('The weather'), strict: false }] },
  gemini: { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: schema('A town') }] }] },
};

/** A conversation in which the tool was called, with this result. */
const called = {
  chat: (content: Json): JsonObject => ({
    ...tools.chat,
    messages: [
      user('Hello'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_marked', type: 'function', function: { name: 'weather', arguments: '{"town":"Marked-Town"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_marked', content },
    ],
  }),
  messages: (result: JsonObject): JsonObject => ({
    ...tools.messages,
    messages: [
      user('Hello'),
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'call_marked', name: 'weather', input: { town: 'Marked-Town' } }],
      },
      user([{ type: 'tool_result', tool_use_id: 'call_marked', ...result }]),
    ],
  }),
  responses: (output: Json): JsonObject => ({
    ...tools.responses,
    input: [
      user('Hello'),
      { type: 'function_call', call_id: 'call_marked', name: 'weather', arguments: '{"town":"Marked-Town"}' },
      { type: 'function_call_output', call_id: 'call_marked', output },
    ],
  }),
  gemini: (response: JsonObject, parts?: readonly JsonObject[]): JsonObject => ({
    ...tools.gemini,
    contents: [
      { role: 'user', parts: [{ text: 'Hello' }] },
      {
        role: 'model',
        parts: [{ functionCall: { id: 'call_marked', name: 'weather', args: { town: 'Marked-Town' } } }],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'call_marked', name: 'weather', response, ...(parts && { parts }) } }],
      },
    ],
  }),
};

const resultOf = (text: string): Record<ClientName, JsonObject> => ({
  chat: called.chat(text),
  messages: called.messages({ content: text }),
  responses: called.responses(text),
  gemini: called.gemini({ result: text }),
});

const answerSchema = {
  type: 'object',
  properties: { marked_field: { type: 'string' } },
  required: ['marked_field'],
  additionalProperties: false,
};

export const markedRequests: readonly MarkedRequest[] = [
  {
    what: 'system prompt',
    mark: 'Marked instructions.',
    asked: {
      chat: { messages: [{ role: 'system', content: 'Marked instructions.' }, user('Hello')] },
      messages: { system: 'Marked instructions.' },
      responses: { instructions: 'Marked instructions.' },
      gemini: { systemInstruction: { parts: [{ text: 'Marked instructions.' }] } },
    },
  },
  {
    what: 'picture',
    mark: png,
    asked: {
      chat: chat({ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }),
      messages: messages({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }),
      responses: responses({ type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' }),
      gemini: gemini({ inlineData: { mimeType: 'image/png', data: png } }),
    },
  },
  {
    what: 'picture by address',
    mark: 'https://marked.example/a.png',
    asked: {
      chat: chat({ type: 'image_url', image_url: { url: 'https://marked.example/a.png' } }),
      messages: messages({ type: 'image', source: { type: 'url', url: 'https://marked.example/a.png' } }),
      responses: responses({ type: 'input_image', image_url: 'https://marked.example/a.png', detail: 'auto' }),
      gemini: gemini({ fileData: { mimeType: 'image/png', fileUri: 'https://marked.example/a.png' } }),
    },
  },
  {
    what: 'PDF',
    mark: pdf,
    asked: {
      chat: chat({ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } }),
      messages: messages({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } }),
      responses: responses({ type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` }),
      gemini: gemini({ inlineData: { mimeType: 'application/pdf', data: pdf } }),
    },
  },
  {
    what: 'sound',
    mark: wav,
    asked: {
      chat: chat({ type: 'input_audio', input_audio: { data: wav, format: 'wav' } }),
      gemini: gemini({ inlineData: { mimeType: 'audio/wav', data: wav } }),
    },
  },
  {
    what: 'file kept by the provider',
    mark: 'file-marked',
    asked: {
      chat: chat({ type: 'file', file: { file_id: 'file-marked' } }),
      messages: messages({ type: 'document', source: { type: 'file', file_id: 'file-marked' } }),
      responses: responses({ type: 'input_file', file_id: 'file-marked' }),
    },
  },
  {
    what: "tool's name and schema",
    mark: 'A marked town',
    asked: {
      chat: {
        tools: [{ type: 'function', function: { ...weather('The weather'), parameters: schema('A marked town') } }],
      },
      messages: { tools: [{ name: 'weather', input_schema: schema('A marked town') }] },
      responses: {
        tools: [{ type: 'function', ...weather('The weather'), parameters: schema('A marked town'), strict: false }],
      },
      gemini: {
        tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: schema('A marked town') }] }],
      },
    },
  },
  { what: "call's input", mark: 'Marked-Town', asked: resultOf('rain') },
  { what: "call's id", mark: 'call_marked', asked: resultOf('rain') },
  { what: "tool's result", mark: 'marked rain', asked: resultOf('marked rain') },
  {
    what: "picture in a tool's result",
    mark: png,
    asked: {
      chat: called.chat([{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }]),
      messages: called.messages({
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }],
      }),
      responses: called.responses([{ type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' }]),
      gemini: called.gemini({ result: 'see' }, [{ inlineData: { mimeType: 'image/png', data: png } }]),
    },
  },
  {
    what: 'choice of a tool',
    otherwise: tools,
    asked: {
      chat: { ...tools.chat, tool_choice: { type: 'function', function: { name: 'weather' } } },
      messages: { ...tools.messages, tool_choice: { type: 'tool', name: 'weather' } },
      responses: { ...tools.responses, tool_choice: { type: 'function', name: 'weather' } },
      gemini: {
        ...tools.gemini,
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
      },
    },
  },
  {
    what: 'choice of no tool',
    otherwise: tools,
    asked: {
      chat: { ...tools.chat, tool_choice: 'none' },
      messages: { ...tools.messages, tool_choice: { type: 'none' } },
      responses: { ...tools.responses, tool_choice: 'none' },
      gemini: { ...tools.gemini, toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
    },
  },
  {
    what: 'one call at a time',
    otherwise: { ...tools, messages: { ...tools.messages, tool_choice: { type: 'auto' } } },
    asked: {
      chat: { ...tools.chat, parallel_tool_calls: false },
      messages: { ...tools.messages, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      responses: { ...tools.responses, parallel_tool_calls: false },
    },
  },
  {
    what: 'failure of a tool',
    otherwise: { messages: resultOf('no rain').messages },
    asked: { messages: called.messages({ content: 'no rain', is_error: true }) },
  },
  {
    what: 'log probabilities',
    otherwise: { chat: {}, gemini: {} },
    asked: { chat: { logprobs: true }, gemini: { generationConfig: { responseLogprobs: true } } },
  },
  {
    what: 'several answers',
    otherwise: { chat: {}, gemini: {} },
    asked: { chat: { n: 2 }, gemini: { generationConfig: { candidateCount: 2 } } },
  },
  {
    what: 'verbosity',
    mark: '"verbosity":"low"',
    asked: { chat: { verbosity: 'low' }, responses: { text: { verbosity: 'low' } } },
  },
  {
    what: 'JSON schema of the answer',
    mark: 'marked_field',
    asked: {
      chat: {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: answerSchema, strict: true } },
      },
      messages: { output_config: { format: { type: 'json_schema', schema: answerSchema } } },
      responses: { text: { format: { type: 'json_schema', name: 'a', schema: answerSchema, strict: true } } },
      gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: answerSchema } },
    },
  },
  {
    what: 'output limit',
    mark: ':1357',
    asked: {
      chat: { max_completion_tokens: 1357 },
      messages: { max_tokens: 1357 },
      responses: { max_output_tokens: 1357 },
      gemini: { generationConfig: { maxOutputTokens: 1357 } },
    },
  },
  {
    what: 'temperature',
    mark: ':0.357',
    asked: {
      chat: { temperature: 0.357 },
      messages: { temperature: 0.357 },
      responses: { temperature: 0.357 },
      gemini: { generationConfig: { temperature: 0.357 } },
    },
  },
  {
    what: 'top_p',
    mark: ':0.753',
    asked: {
      chat: { top_p: 0.753 },
      messages: { top_p: 0.753 },
      responses: { top_p: 0.753 },
      gemini: { generationConfig: { topP: 0.753 } },
    },
  },
  {
    what: 'top_k',
    mark: ':37',
    asked: { messages: { top_k: 37 }, gemini: { generationConfig: { topK: 37 } } },
  },
  {
    what: 'stop sequences',
    mark: 'MARKED-STOP',
    asked: {
      chat: { stop: ['MARKED-STOP'] },
      messages: { stop_sequences: ['MARKED-STOP'] },
      gemini: { generationConfig: { stopSequences: ['MARKED-STOP'] } },
    },
  },
  {
    what: 'seed',
    mark: ':424242',
    asked: { chat: { seed: 424242 }, gemini: { generationConfig: { seed: 424242 } } },
  },
  {
    what: 'penalties',
    mark: ':0.135',
    asked: {
      chat: { presence_penalty: 0.135 },
      gemini: { generationConfig: { presencePenalty: 0.135 } },
    },
  },
  {
    what: 'user',
    mark: 'marked-user',
    asked: {
      chat: { user: 'marked-user' },
      messages: { metadata: { user_id: 'marked-user' } },
      responses: { user: 'marked-user' },
    },
  },
  {
    what: 'cache mark',
    mark: '"cache',
    asked: {
      chat: chat({ type: 'text', text: 'A long text.', cache_control: { type: 'ephemeral' } }),
      messages: messages({ type: 'text', text: 'A long text.', cache_control: { type: 'ephemeral' } }),
    },
  },
];
