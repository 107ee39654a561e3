import { awsMessage, awsWireOf } from './aws-event-stream.ts';
import type { ProviderName } from './recorded-provider.ts';
import { framesFor, wholeFor } from './speaking-provider.ts';

/** What every provider here answers, with 10 tokens in and 5 out. */
export const spoken = 'Good evening.';

/** The same answer in a provider's own format, and how it says that something is wrong. */
export interface Words {
  readonly whole: object;
  readonly streamType: string;
  /** A stream as it is on the wire, frame by frame. */
  readonly frames: readonly Uint8Array[];
  /** How many of the frames have come when the first content has. */
  readonly begun: number;
  /** An error in an answer whose status is 200: as the whole of it, and as a frame of a stream. */
  readonly error: object;
  readonly errorFrame: Uint8Array;
  /** The body of a refusal. `code` is OpenAI's word for the case. */
  readonly refusal: (status: number, message: string, code?: string) => object;
}

const broke = 'The model broke down.';
const said = { text: spoken };
const plain = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (type: string, value: object): string => `event: ${type}\n${plain({ type, ...value })}`;
const bytes = (texts: readonly string[]): readonly Uint8Array[] => texts.map((text) => Buffer.from(text));

const openaiRefusal: Words['refusal'] = (_status, message, code = 'server_error') => ({
  error: { message, type: 'an_error', param: null, code },
});
const openaiError = { error: { message: broke, type: 'server_error', code: 'server_error' } };
const anthropicError = { type: 'error', error: { type: 'api_error', message: broke } };
const geminiError = { error: { code: 500, message: broke, status: 'INTERNAL' } };

const ollamaLine = (content: string, more: object): string =>
  `${JSON.stringify({ model: 'llama3.1', created_at: '2026-05-04T10:00:00Z', message: { role: 'assistant', content }, ...more })}\n`;
const ollamaEnd = { done: true, done_reason: 'stop', prompt_eval_count: 10, eval_count: 5 };

const cohereUsage = { tokens: { input_tokens: 10, output_tokens: 5 } };
const cohereDelta = (type: string, content: object): string =>
  named(type, { index: 0, delta: { message: { content } } });

const bedrockUsage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
const bedrockFrame = (event: string, payload: object): Uint8Array =>
  awsWireOf([{ event, data: JSON.stringify(payload) }]);
const awsException = { ':message-type': 'exception', ':exception-type': 'internalServerException' };

export const wordsOf: Readonly<Record<ProviderName, Words>> = {
  'openai-chat': {
    whole: wholeFor({ path: '/chat/completions' }, said),
    streamType: 'text/event-stream',
    frames: bytes(framesFor({ path: '/chat/completions' }, said)),
    begun: 2,
    error: openaiError,
    errorFrame: Buffer.from(plain(openaiError)),
    refusal: openaiRefusal,
  },
  'openai-responses': {
    whole: wholeFor({ path: '/responses' }, said),
    streamType: 'text/event-stream',
    frames: bytes(framesFor({ path: '/responses' }, said)),
    begun: 4,
    error: openaiError,
    errorFrame: Buffer.from(named('error', { code: 'server_error', message: broke, param: null })),
    refusal: openaiRefusal,
  },
  anthropic: {
    whole: wholeFor({ path: '/messages' }, said),
    streamType: 'text/event-stream',
    frames: bytes(framesFor({ path: '/messages' }, said)),
    begun: 3,
    error: anthropicError,
    errorFrame: Buffer.from(named('error', anthropicError)),
    refusal: (_status, message) => ({ type: 'error', error: { type: 'an_error', message } }),
  },
  gemini: {
    whole: wholeFor({ path: '/models/' }, said),
    streamType: 'text/event-stream',
    frames: bytes(framesFor({ path: '/models/' }, said)),
    begun: 1,
    error: geminiError,
    errorFrame: Buffer.from(plain(geminiError)),
    refusal: (code, message) => ({ error: { code, message, status: 'AN_ERROR' } }),
  },
  ollama: {
    whole: { model: 'llama3.1', message: { role: 'assistant', content: spoken }, ...ollamaEnd },
    streamType: 'application/x-ndjson',
    frames: bytes([ollamaLine(spoken, { done: false }), ollamaLine('', ollamaEnd)]),
    begun: 1,
    error: { error: broke },
    errorFrame: Buffer.from(`${JSON.stringify({ error: broke })}\n`),
    refusal: (_status, error) => ({ error }),
  },
  cohere: {
    whole: {
      id: 'cohere-fake',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: spoken }] },
      usage: cohereUsage,
    },
    streamType: 'text/event-stream',
    frames: bytes([
      named('message-start', { id: 'cohere-fake', delta: { message: { role: 'assistant', content: [] } } }),
      cohereDelta('content-start', { type: 'text', text: '' }),
      cohereDelta('content-delta', { text: spoken }),
      named('content-end', { index: 0 }),
      named('message-end', { delta: { finish_reason: 'COMPLETE', usage: cohereUsage } }),
    ]),
    begun: 3,
    error: { id: 'cohere-fake', message: broke },
    errorFrame: Buffer.from(plain({ id: 'cohere-fake', message: broke })),
    refusal: (_status, message) => ({ id: 'cohere-fake', message }),
  },
  bedrock: {
    whole: {
      output: { message: { role: 'assistant', content: [{ text: spoken }] } },
      stopReason: 'end_turn',
      usage: bedrockUsage,
    },
    streamType: 'application/vnd.amazon.eventstream',
    frames: [
      bedrockFrame('messageStart', { role: 'assistant' }),
      bedrockFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: spoken } }),
      bedrockFrame('contentBlockStop', { contentBlockIndex: 0 }),
      bedrockFrame('messageStop', { stopReason: 'end_turn' }),
      bedrockFrame('metadata', { usage: bedrockUsage }),
    ],
    begun: 2,
    error: { message: broke },
    errorFrame: awsMessage(awsException, JSON.stringify({ message: broke })),
    refusal: (_status, message) => ({ message }),
  },
};
