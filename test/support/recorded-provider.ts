import { bedrock } from '../../src/dialects/bedrock/bedrock.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import { cohere } from '../../src/dialects/cohere/cohere.ts';
import type { ProviderDialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { ollama } from '../../src/dialects/ollama/ollama.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import { objectIn, parseJson } from '../../src/lib/json.ts';
import type { SseFrame } from '../../src/lib/sse.ts';
import { awsWireOf } from './aws-event-stream.ts';
import type { Script } from './fake-provider.ts';
import { framesOf, readText, wireOf } from './fixtures.ts';
import { openaiModel } from './gateway-client.ts';

/** The wire formats that providers speak, by the folders of their recordings. */
export const providerDialects = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
  ollama,
  cohere,
  bedrock,
} as const satisfies Record<string, ProviderDialect>;
export type ProviderName = keyof typeof providerDialects;
export const providerNames = Object.keys(providerDialects) as readonly ProviderName[];

/** A model of each format at the fake provider, named as the format is. None speaks a second format. */
export const recordedModels = (base: string) =>
  Object.entries({
    'openai-chat': { model: 'hosted_vllm/a-model', api_base: `${base}/v1` },
    'openai-responses': { model: 'openai/responses/gpt-4o' },
    anthropic: { model: 'anthropic/claude-sonnet-4-5' },
    gemini: { model: 'gemini/gemini-2.5-flash', api_base: `${base}/v1beta` },
    ollama: { model: 'ollama_chat/llama3.1' },
    cohere: { model: 'cohere/command-a-03-2025' },
    bedrock: { model: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0' },
  } satisfies Record<ProviderName, object>).map(([name, more]) => openaiModel(name, base, more));

/** Plays a recording as the provider's server would: a whole answer, or a stream in the format's own framing. */
export const plays =
  (name: ProviderName, path: string): Script =>
  (_request, response) => {
    const isWhole = path.endsWith('.json');
    response.writeHead(200, {
      'content-type': isWhole ? 'application/json' : streamTypes[providerDialects[name].framing],
    });
    // Ollama's clients read whole answers by the line as well.
    response.end(isWhole ? JSON.stringify(parseJson(readText(path))) : bytesOf(name, path));
  };

/** The bytes of a recorded stream as they were on the wire, with the ending that recordings by the line leave out. */
export function bytesOf(name: ProviderName, path: string): Uint8Array {
  if (name === 'ollama') return Buffer.from(readText(path));
  return name === 'bedrock' ? awsWireOf(recordedFrames(name, path)) : wireOf(recordedFrames(name, path));
}

/** The frames of the first answer of a recorded stream: some recordings hold several, one after another. */
export function recordedFrames(name: ProviderName, path: string): readonly SseFrame[] {
  const frames = name === 'bedrock' ? bedrockFrames(path) : framesOf(path);
  const end = frames.findIndex((frame) => providerDialects[name].isLast(frame));
  if (end >= 0) return frames.slice(0, end + 1);
  return name === 'openai-chat' ? [...frames, { data: '[DONE]' }] : frames;
}

const streamTypes: Record<ProviderDialect['framing'], string> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
};

/** One event a line, under its type. */
const bedrockFrames = (path: string): readonly SseFrame[] =>
  readText(path)
    .trim()
    .split('\n')
    .flatMap((line) => Object.entries(objectIn(parseJson(line))))
    .map(([event, payload]) => ({ event, data: JSON.stringify(payload) }));
