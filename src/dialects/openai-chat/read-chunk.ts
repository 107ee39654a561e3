import type { ChatEvent } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { failureInAnswer } from '../refusal.ts';
import { readSources } from './citations.ts';
import { cite, closePart, noParts, readDelta } from './read-delta.ts';
import type { PartsSoFar } from './read-delta.ts';
import { readUsage } from './usage.ts';
import { readReason } from './wire.ts';

/** An answer so far. Usage and the finish reason come in any order and more than once, so the finish is asked for last. */
export interface AnswerSoFar {
  readonly parts: PartsSoFar;
  /** Addresses of the sources told so far: Perplexity repeats them all in every chunk. */
  readonly sources: Set<string | undefined>;
  started: boolean;
  /** Whether the provider has said that the answer is whole: not so in a stream that was cut short. */
  complete: boolean;
  reason: string;
  stopSequence: string | undefined;
  /** The last one wins: xAI and Perplexity tell it in every chunk. */
  usage: JsonObject | undefined;
  tier: Json | undefined;
}

export const noAnswer = (): AnswerSoFar => ({
  parts: noParts(),
  sources: new Set(),
  started: false,
  complete: false,
  reason: '',
  stopSequence: undefined,
  usage: undefined,
  tier: undefined,
});

/** What one chunk adds. Throws a Failure for an error in the place of an answer. */
export function readChunk(answer: AnswerSoFar, chunk: JsonObject): readonly ChatEvent[] {
  const choice = objectsIn(chunk.choices).find(({ index }) => index === undefined || index === 0);
  refuseError(chunk, choice);
  // Azure begins with a chunk that holds nothing but its filter's results.
  if (!answer.started && (choice || (typeof chunk.id === 'string' && chunk.id !== ''))) start(answer, chunk);
  if (chunk.citations != null || chunk.search_results != null) readSourcesIn(answer, chunk);
  if (choice) readChoice(answer, choice);
  const usage = chunk.usage ?? objectIn(chunk.x_groq).usage;
  if (isObject(usage)) {
    answer.usage = usage;
    answer.tier = chunk.service_tier ?? answer.tier;
    answer.complete ||= !choice; // the chunk after the last
  }
  return taken(answer.parts);
}

export function finishAnswer({ parts, reason, stopSequence, usage, tier }: AnswerSoFar): readonly ChatEvent[] {
  closePart(parts);
  const counts = usage && readUsage(usage, tier);
  parts.events.push({
    type: 'finish',
    reason: readReason(reason, parts.calls.length > 0),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(counts && { usage: counts }),
  });
  return taken(parts);
}

function taken(parts: PartsSoFar): readonly ChatEvent[] {
  const { events } = parts;
  parts.events = [];
  return events;
}

/** An error in the place of an answer, with status 200: at the top, in the choice (OpenRouter), or only named as the reason. */
function refuseError(chunk: JsonObject, choice: JsonObject | undefined): void {
  const isError = chunk.object === 'error'; // vLLM, Mistral
  const error = chunk.error ?? choice?.error ?? objectIn(chunk.x_groq).error ?? (isError ? chunk : undefined);
  if (error != null && error !== '') throw failureInAnswer(error);
  if (choice?.finish_reason !== 'error') return;
  throw new Failure('provider-error', 'The provider ended its answer with an error and did not say which.');
}

function start(answer: AnswerSoFar, chunk: JsonObject): void {
  answer.started = true;
  const created = numberIn(chunk.created);
  const head = { id: stringIn(chunk.id) ?? '', model: stringIn(chunk.model) ?? '' };
  answer.parts.events.push(created === undefined ? { type: 'start', ...head } : { type: 'start', ...head, created });
}

function readSourcesIn({ sources, parts }: AnswerSoFar, chunk: JsonObject): void {
  for (const source of readSources(chunk)) {
    if (sources.has(source.url)) continue;
    sources.add(source.url);
    cite(parts, source);
  }
}

function readChoice(answer: AnswerSoFar, choice: JsonObject): void {
  const delta = choice.delta ?? choice.message;
  if (isObject(delta)) readDelta(answer.parts, delta);
  if (typeof choice.finish_reason !== 'string' || choice.finish_reason === '') return;
  answer.reason = choice.finish_reason;
  answer.stopSequence = stringIn(choice.stop_reason) ?? stringIn(choice.matched_stop); // vLLM; SGLang
  answer.complete = true;
}
