import type { ChatAnswer, ChatEvent, ChatRequest, Setting, Turn, Usage } from '../chat/chat.ts';
import type { Failure } from '../chat/failure.ts';
import type { JsonObject } from '../lib/json.ts';
import type { SseFrame } from '../lib/sse.ts';

export type DialectName =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'openai-embeddings'
  | 'openai-moderations'
  | 'openai-images'
  | 'openai-speech'
  | 'openai-transcriptions'
  | 'openai-translations'
  | 'rerank'
  | 'anthropic'
  | 'gemini'
  | 'ollama'
  | 'ollama-generate'
  | 'cohere'
  | 'bedrock';

/**
 * The little that routing and holds need of a request, read without understanding the rest: a relayed body passes as it
 * came, so what it holds is the provider's business. Throws `invalid-request` only for a missing model.
 */
export interface Outline {
  /** Empty where the format has it in the path. */
  readonly model: string;
  readonly stream: boolean;
  readonly wantsUsage: boolean;
  /** The client's own output limit, tokens. */
  readonly maxOutput?: number;
  /** The thinking budget it asked for, tokens. */
  readonly thinkingBudget?: number;
  /** How many answers are asked for; 1 unless said. */
  readonly choices: number;
  /** Whether the prompt carries cache marks, so that a dearer cache write may be billed. */
  readonly caches: boolean;
  /** Why no limit can bound the cost in advance (server tools, files kept elsewhere); absent when one can. */
  readonly unbounded?: string;
  /** The output cannot be limited: a budget pays for all of it, or the call is not made. */
  readonly indivisible?: true;
  /** The most sound that there can be, seconds, and the characters that are to be spoken: for prices by either. */
  readonly seconds?: number;
  readonly characters?: number;
  /** The pictures that are to be made. */
  readonly images?: number;
}

/** A wire format as its clients see it. `read` turns wire into chat, `write` turns chat into wire; neither does I/O. */
export interface ClientDialect {
  readonly name: DialectName;
  /** Model and stream stand in the path: both are put into the body that is read, and into none that is relayed. */
  readonly modelInPath?: true;
  /** Request headers that are part of the format (lower-case): a relay forwards them as they came. */
  readonly requestHeaders?: readonly string[];
  /** What stands behind the path's question mark is part of the format too (Claude Code's `beta=true`). */
  readonly forwardsQuery?: true;
  /** Its streams begin with the size of the prompt, which is counted here where the provider tells it only at the end. */
  readonly startsWithUsage?: true;
  /** The route of a format that no other can stand in for: it is relayed to providers that have it, and never translated. */
  readonly route?: string;
  outline(body: JsonObject): Outline;
  /** Throws `invalid-request`, naming the field, for a body that cannot be understood. */
  readRequest(body: JsonObject): ChatRequest;
  /** It also gets the request, which some formats repeat. */
  writeAnswer(answer: ChatAnswer, request?: ChatRequest): JsonObject;
  /** One writer for one answer. It also gets the request, since some formats repeat it or need to know what was asked. */
  streamWriter(request: ChatRequest): (event: ChatEvent) => readonly SseFrame[];
  /** The whole error body of an answer that has not begun. */
  writeFailure(failure: Failure): JsonObject;
  /** The frames that end a stream which has begun. Never the frames of a good end. */
  writeStreamFailure(failure: Failure): readonly SseFrame[];
}

/** What a provider answered when it refused. `headers` are lower-case. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A wire format as providers speak it. */
export interface ProviderDialect {
  readonly name: DialectName;
  /** How a stream is cut into frames: server-sent events, one JSON a line, or AWS's binary event stream. */
  readonly framing: 'sse' | 'ndjson' | 'aws-event-stream';
  /** The settings this format can express; a request's other settings are refused or dropped by name before it is written. */
  readonly expresses: ReadonlySet<Setting>;
  /** The body for the provider, with `model` in it where the format has it there. */
  writeRequest(request: ChatRequest): JsonObject;
  /** A copy of a body of this format with its output limit set, for relayed requests. */
  limitOutput(body: JsonObject, tokens: number): JsonObject;
  readAnswer(body: JsonObject): ChatAnswer;
  /** One reader for one answer. Throws a Failure for an error frame. Frames may be skipped if they match no `signs`. */
  streamReader(): (frame: SseFrame) => readonly ChatEvent[];
  /** Bytes of which at least one is in every frame that holds usage, a finish or an error: metering reads only those. */
  readonly signs: readonly string[];
  /** Whether this frame ends a stream in good order. */
  isLast(frame: SseFrame): boolean;
  /** Stands in every frame of a server that keeps to the format; a relayed frame without it is handed to `mended`. */
  readonly mark?: string;
  /** A frame as the format has it: some servers leave members out that strict clients want. The same frame when nothing is wrong. */
  mended?(frame: SseFrame): SseFrame;
  /** A body to relay with what its turns have lost on their way through the client; the same object where nothing is. */
  recalled?(body: JsonObject, fill: (turn: Turn) => Turn): JsonObject;
  /** A whole relayed answer as this request asked for it. The same object when nothing is wrong. */
  mendedAnswer?(answer: JsonObject, request: JsonObject): JsonObject;
  /**
   * What an answer that passes as bytes of whatever type tells of its usage, with the request that it answers; undefined
   * where neither does. The formats that have this answer with texts and sounds besides JSON.
   */
  usageOfBytes?(answer: Buffer, type: string, request: JsonObject): Usage | undefined;
  /** Whether a stream may end with this frame, in a format that marks no end: a relay holds it back until more comes. */
  mayBeLast?(frame: SseFrame): boolean;
  /** Whether this frame holds only the usage that we asked for and the client did not: dropped from a relayed stream. */
  isUsageOnly?(frame: SseFrame): boolean;
  readRefusal(refusal: Refusal): Failure;
}

/** A wire format that both clients and providers speak: relayed untouched when both do. */
export interface Dialect extends ClientDialect, ProviderDialect {}
