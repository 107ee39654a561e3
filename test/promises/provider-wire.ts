import { numberIn, objectIn, stringIn, type JsonObject } from '../../src/lib/json.ts';
import { formatSse } from '../../src/lib/sse.ts';
import { chatAnswer, chatChunk, usageChunk } from '../support/fake-provider.ts';
import { chunk, whole as wholeOfGemini } from '../support/gemini-wire.ts';
import type { Sent } from '../support/scripted-upstream.ts';

/** What a provider counted: the input whole, and what of it came from its cache or went there. */
export interface Counted {
  readonly input: number;
  readonly cacheRead: number;
  /** Kept for an hour. */
  readonly cacheWrite: number;
  readonly output: number;
}

export type Wire = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini';

/** The format that a request is in, by its path. */
export function wireOf({ path }: Pick<Sent, 'path'>): Wire {
  if (path.endsWith('/messages')) return 'anthropic';
  if (path.endsWith('/responses')) return 'openai-responses';
  return path.includes('/models/') ? 'gemini' : 'openai-chat';
}

/** The output limit that a request carries in its format's own words, tokens of one answer. */
export function limitIn(request: Pick<Sent, 'path' | 'body'>): number | undefined {
  const { body } = request;
  switch (wireOf(request)) {
    case 'anthropic':
      return numberIn(body['max_tokens']);
    case 'openai-responses':
      return numberIn(body['max_output_tokens']);
    case 'gemini':
      return numberIn(objectIn(body['generationConfig'])['maxOutputTokens']);
    case 'openai-chat':
      return numberIn(body['max_completion_tokens']) ?? numberIn(body['max_tokens']);
  }
}

/** How many answers it asks for. */
export const choicesIn = (request: Pick<Sent, 'path' | 'body'>): number =>
  numberIn(request.body['n']) ?? numberIn(objectIn(request.body['generationConfig'])['candidateCount']) ?? 1;

const said = 'Well said. ';

/** A whole answer with this usage. */
export function wholeAnswer(request: Pick<Sent, 'path'>, counted: Counted): object {
  switch (wireOf(request)) {
    case 'anthropic':
      return { ...messageHead(counted), content: [{ type: 'text', text: said }], stop_reason: 'end_turn' };
    case 'openai-responses':
      return responseOf(counted);
    case 'gemini':
      return { ...wholeOfGemini({ text: said }), usageMetadata: geminiUsage(counted) };
    case 'openai-chat':
      return chatAnswer(said, chatUsage(counted));
  }
}

/** The pieces of a stream with this usage: the first opens it, the second has words, the last ends it well. */
export function pieces(
  request: Pick<Sent, 'path'>,
  counted: Counted,
): readonly [open: string, words: string, end: string] {
  switch (wireOf(request)) {
    case 'anthropic':
      return [
        named({ type: 'message_start', message: messageHead({ ...counted, output: 1 }) }) +
          named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
        named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: said } }),
        named({ type: 'content_block_stop', index: 0 }) +
          named({
            type: 'message_delta',
            delta: { stop_reason: 'end_turn', stop_sequence: null },
            usage: { output_tokens: counted.output },
          }) +
          named({ type: 'message_stop' }),
      ];
    case 'openai-responses':
      return responsePieces(counted);
    case 'gemini':
      return [
        plain({ ...chunk([{ text: '' }]), usageMetadata: geminiUsage({ ...counted, output: 0 }) }),
        plain({ ...chunk([{ text: said }]), usageMetadata: geminiUsage({ ...counted, output: 1 }) }),
        plain({ ...chunk([], 'STOP'), usageMetadata: geminiUsage(counted) }),
      ];
    case 'openai-chat':
      return [
        plain(chatChunk({ role: 'assistant', content: '' })),
        plain(chatChunk({ content: said })),
        plain(chatChunk({}, 'stop')) + plain(usageChunk(chatUsage(counted))) + plain('[DONE]'),
      ];
  }
}

/** Answers with this usage, whole or in what is left of a stream of which so many pieces are out. */
export function serve(sent: Sent, counted: Counted, pushed = 0): void {
  if (!sent.isStream) {
    sent.answer(200, wholeAnswer(sent, counted));
    return;
  }
  for (const piece of pieces(sent, counted).slice(pushed)) sent.push(piece);
  sent.end();
}

/** A refusal in its format, in words that every reader takes for nothing else. */
export const refusal = (request: Pick<Sent, 'path'>): JsonObject => {
  const message = 'Not this one.';
  if (wireOf(request) === 'gemini') return { error: { code: 400, message, status: 'UNKNOWN' } };
  return wireOf(request) === 'anthropic'
    ? { type: 'error', error: { type: 'api_error', message } }
    : { error: { message, type: 'server_error', param: null, code: null } };
};

const named = (event: JsonObject): string =>
  formatSse({ event: stringIn(event['type']) ?? '', data: JSON.stringify(event) });
const plain = (data: unknown): string => formatSse({ data: typeof data === 'string' ? data : JSON.stringify(data) });

const chatUsage = ({ input, cacheRead, output }: Counted) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cacheRead },
});

const geminiUsage = ({ input, cacheRead, output }: Counted) => ({
  promptTokenCount: input,
  cachedContentTokenCount: cacheRead,
  candidatesTokenCount: output,
  totalTokenCount: input + output,
});

/** Anthropic's parts of the input do not overlap. */
const messageHead = ({ input, cacheRead, cacheWrite, output }: Counted): JsonObject => ({
  ...{ id: 'msg_fake', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929' },
  ...{ content: [], stop_reason: null, stop_sequence: null },
  usage: {
    input_tokens: input - cacheRead - cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: cacheWrite },
    output_tokens: output,
  },
});

const item = (status: string, content: readonly JsonObject[]): JsonObject => ({
  ...{ type: 'message', id: 'msg_1', status, role: 'assistant', content: [...content] },
});
const words = { type: 'output_text', text: said, annotations: [] };

const responseOf = ({ input, cacheRead, output }: Counted): JsonObject => ({
  ...{ id: 'resp_1', object: 'response', created_at: 1700000000, model: 'gpt-4o-2024-08-06', status: 'completed' },
  output: [item('completed', [words])],
  usage: {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  },
});

function responsePieces(counted: Counted): readonly [string, string, string] {
  const at = { output_index: 0, item_id: 'msg_1' };
  const begun = { ...responseOf(counted), status: 'in_progress', output: [], usage: null };
  let sequence = 0;
  const numbered = (...events: readonly JsonObject[]): string =>
    events.map((event) => named({ ...event, sequence_number: sequence++ })).join('');
  return [
    numbered(
      { type: 'response.created', response: begun },
      { type: 'response.output_item.added', output_index: 0, item: item('in_progress', []) },
      { type: 'response.content_part.added', ...at, content_index: 0, part: { ...words, text: '' } },
    ),
    numbered({ type: 'response.output_text.delta', ...at, content_index: 0, delta: said }),
    numbered(
      { type: 'response.output_item.done', output_index: 0, item: item('completed', [words]) },
      { type: 'response.completed', response: responseOf(counted) },
    ),
  ];
}
