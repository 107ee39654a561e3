import { numberIn, objectIn, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { argumentsIn } from './wire.ts';

/** One tool call under way. `at` is the place its provider gives it, where it gives one. */
export interface Call {
  readonly index: number;
  readonly id: string;
  readonly at: number | undefined;
  readonly pieces: string[];
}

/** A delta of a tool call, narrowed. */
export interface CallDelta {
  readonly id: string;
  readonly at: number | undefined;
  readonly name: string;
  readonly input: string;
}

export function callDelta(wire: JsonObject): CallDelta {
  const called = objectIn(wire.function);
  return {
    id: stringIn(wire.id) ?? '',
    at: numberIn(wire.index),
    name: stringIn(called.name) ?? '',
    input: argumentsIn(called.arguments),
  };
}

/**
 * The call that a delta goes on with; undefined when it begins a new one. OpenAI gives the id once and then the index;
 * others repeat the id, leave out the index (Mistral), or give every whole call the index 0 (Gemini's compatible endpoint).
 */
export function continued(calls: readonly Call[], delta: CallDelta): Call | undefined {
  const sameId = delta.id === '' ? undefined : calls.findLast((call) => call.id === delta.id);
  if (sameId) return sameId;
  const last = delta.at === undefined ? calls.at(-1) : calls.findLast((call) => call.at === delta.at);
  if (!last || delta.name === '') return last;
  if (delta.id !== '' || delta.at === undefined) return undefined;
  // The name again, without an id: a habit of the server's, unless the call before is whole and another set of arguments begins.
  return delta.input !== '' && parseJson(last.pieces.join('')) !== undefined ? undefined : last;
}
