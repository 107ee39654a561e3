import type { JsonObject } from '../lib/json.ts';
import type { NanoUsd } from './money.ts';

/** What one dialect knows about a part and no other understands, by dialect name. Returned only to that dialect. */
export type Extras = Readonly<Record<string, JsonObject>>;

/** A prompt-cache mark: the provider may cache the prompt up to and including what carries it. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h';
}

/** A source that an answer's text rests on. `start` and `end` are code units of the text part. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly quote?: string;
  readonly start?: number;
  readonly end?: number;
  readonly extras?: Extras;
}

interface PartBase {
  readonly cache?: CacheMark;
  readonly extras?: Extras;
}
export interface TextPart extends PartBase {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}
/** The model's own thinking. Its signature, where there is one, is in `extras` of the dialect that made it. */
export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning';
  readonly text: string;
}
/** An image, a document or a sound: as base64 `data` with its media type, or at a `url`, or as a file the provider keeps. */
export interface MediaPart extends PartBase {
  readonly type: 'media';
  readonly kind: 'image' | 'file' | 'audio';
  readonly mediaType?: string;
  readonly data?: string;
  readonly url?: string;
  readonly fileId?: string;
  readonly name?: string;
}
/** `input` is JSON text as the model wrote it; empty when the call has no arguments. */
export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly input: string;
}
/** `name` may be unknown: dialects that need it look it up among the earlier calls (`callNames`). */
export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result';
  readonly id: string;
  readonly name?: string;
  readonly parts: readonly (TextPart | MediaPart)[];
  readonly isError?: boolean;
}
export type Part = TextPart | ReasoningPart | MediaPart | ToolCallPart | ToolResultPart;

/** Tool results stand in user turns. A system turn may stand anywhere; dialects with one system prompt hoist it. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
  readonly name?: string;
}

/** A function the model may call. `schema` is JSON Schema; absent for a tool without parameters. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly schema?: JsonObject;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
  readonly extras?: Extras;
}

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'named'; readonly name: string };

export type AnswerFormat =
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    };

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** How much to think: an effort, a budget in tokens, or whatever the model finds right (`adaptive`). */
export interface Reasoning {
  readonly effort?: Effort;
  readonly budget?: number;
  readonly adaptive?: boolean;
  /** Whether the client wants to see it; undefined leaves it to the provider. */
  readonly show?: boolean;
}

/** The optional settings of a request. A dialect lists those it can express; the rest are refused or dropped by name. */
export interface Settings {
  readonly maxOutput?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: JsonObject;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly choices?: number;
  readonly parallelTools?: boolean;
  readonly format?: AnswerFormat;
  readonly reasoning?: Reasoning;
  readonly verbosity?: string;
  readonly user?: string;
  readonly serviceTier?: string;
}
export type Setting = keyof Settings;

export interface ChatRequest {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly settings: Settings;
  readonly stream: boolean;
  /** Whether the client asked for usage at the end of a stream (OpenAI's include_usage); other dialects always do. */
  readonly wantsUsage: boolean;
  /** Names of top-level fields that the client's dialect does not know, so that they can be refused or dropped by name. */
  readonly unknown: readonly string[];
  /** What the client offers or repeats beyond the words of any other dialect: left out and told by name, never refused. */
  readonly dropped?: readonly string[];
  /** Whole-request facts that only one dialect knows. */
  readonly extras?: Extras;
}

/**
 * Token counts. The first five never overlap, so cost is their product with the price of each;
 * the optional ones are shares or counts beside them.
 */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  /** Written to a cache kept for 5 minutes. */
  readonly cacheWrite: number;
  /** Written to a cache kept for an hour. */
  readonly cacheWrite1h: number;
  readonly output: number;
  /** A share of output, never billed twice. */
  readonly reasoning: number;
  /** A share of input. */
  readonly audioInput?: number;
  /** A share of output. */
  readonly audioOutput?: number;
  /** Tokens of pictures: a share of input, none of it sound. */
  readonly imageInput?: number;
  /** Tokens of pictures that were made: a share of output. */
  readonly imageOutput?: number;
  /** A share of cacheRead. */
  readonly audioCacheRead?: number;
  /** Sound that was heard or made, seconds, where the provider says how long it was. */
  readonly seconds?: number;
  /** What was spoken, characters. */
  readonly characters?: number;
  /** Web searches the provider bills one by one. */
  readonly searches?: number;
  /** Pictures that were made, where their tokens are not told: a price of each stands for the output, which is estimated. */
  readonly images?: number;
  /** Pages of documents that were read as pictures. */
  readonly pages?: number;
  /** Containers in which code ran. */
  readonly codeSessions?: number;
  /** Searches in files that the provider keeps. */
  readonly fileSearches?: number;
  /** What the provider bills, where that is not what the model read and wrote (Cohere). */
  readonly billed?: { readonly input: number; readonly output: number };
  /** The service tier that the provider says it used. */
  readonly serviceTier?: string;
  /** What the provider says the call cost. */
  readonly reported?: NanoUsd;
  /** The provider's own usage object, kept with the ledger's row. */
  readonly raw?: JsonObject;
}

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

/** An answer's head: `id` and `model` are the provider's. */
export interface AnswerStart {
  readonly id: string;
  readonly model: string;
  /** Seconds since the epoch, where the provider says so. */
  readonly created?: number;
}

/** A whole answer. `usage` is absent when the provider gave none; it is then counted locally. */
export interface ChatAnswer extends AnswerStart {
  readonly parts: readonly Part[];
  readonly reason: FinishReason;
  /** The stop sequence that ended it, where known. */
  readonly stopSequence?: string;
  readonly usage?: Usage;
  readonly extras?: Extras;
}

/**
 * An answer as it arrives. Failures are thrown, so there is no error event.
 * `part-start` carries the part's head: its text or input is empty and comes in deltas.
 * `part-end` may carry extras that came last (Anthropic's signature comes as a delta; so does Gemini's).
 * `finish` comes once, last; `usage` may also come earlier as a `usage` event and is then repeated there.
 */
export type ChatEvent =
  | ({ readonly type: 'start'; readonly usage?: Usage } & AnswerStart)
  | { readonly type: 'part-start'; readonly index: number; readonly part: Part }
  | { readonly type: 'part-delta'; readonly index: number; readonly text: string; readonly extras?: Extras }
  | { readonly type: 'citation'; readonly index: number; readonly citation: Citation }
  | { readonly type: 'part-end'; readonly index: number; readonly extras?: Extras }
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      readonly stopSequence?: string;
      readonly usage?: Usage;
      readonly extras?: Extras;
    }
  | {
      readonly type: 'foreign';
      readonly dialect: string;
      readonly frame: { readonly event?: string; readonly data: string };
    };

/** The names of the tools called so far, by call id: some dialects name a result by its function. */
export function callNames(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const turn of turns) for (const part of turn.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  return names;
}
