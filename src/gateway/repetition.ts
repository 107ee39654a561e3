import { isArray, isObject, type Json, type JsonObject } from '../lib/json.ts';
import { lru } from '../lib/lru.ts';

/** How often the same was asked lately. */
export interface Repetitions {
  /** Counts a question. True when it was asked `bound` times within two minutes, once until it has not been asked for that long. */
  add(asker: string, print: number, now: number, bound: number): boolean;
}

const withinMs = 120_000;

interface Question {
  /** When it was asked within the last two minutes, oldest first. */
  times: number[];
  isTold: boolean;
}

export function repetitions(most = 2_000): Repetitions {
  const questions = lru<Question>({ count: most, size: Infinity });
  return {
    add(asker, print, now, bound) {
      const name = `${asker} ${print}`;
      const known = questions.get(name);
      const times = known?.times.filter((at) => at > now - withinMs).slice(-bound) ?? [];
      const wasTold = known !== undefined && known.isTold && times.length > 0;
      times.push(now);
      const isTold = wasTold || times.length >= bound;
      questions.set(name, { times, isTold }, 1);
      return isTold && !wasTold;
    },
  };
}

/**
 * A fingerprint of how a request ends: of its last turns, from the assistant's last one on. A call that is made again is
 * the same in it, and so is an agent that calls the same tool again and gets the same result, however long the
 * conversation has become. Undefined where a body has no turns.
 */
export function endOf(body: JsonObject): number | undefined {
  const turns = body['messages'] ?? body['contents'] ?? body['input'];
  if (typeof turns === 'string') return hashed(turns, seed);
  if (!isArray(turns) || turns.length === 0) return undefined;
  const print = { hash: seed, left: mostTexts };
  for (let index = turns.length - 1; index >= Math.max(0, turns.length - mostTurns); index -= 1) {
    const turn = turns[index];
    mix(turn, print);
    if (isObject(turn) && isAssistants(turn)) break;
  }
  return print.hash;
}

const mostTurns = 8;
const mostTexts = 64;
const deepest = 6;

/** In the four formats that clients speak. */
const isAssistants = ({ role, type }: JsonObject): boolean =>
  role === 'assistant' || role === 'model' || (typeof type === 'string' && type.endsWith('_call'));

/** What differs although the same was asked: names of calls, and what only the provider reads. */
const passing = new Set([
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'signature',
  'thoughtSignature',
  'encrypted_content',
]);

interface Print {
  hash: number;
  /** How many texts may still be looked at. */
  left: number;
}

function mix(value: Json | undefined, print: Print, depth = 0): void {
  if (print.left <= 0 || depth > deepest) return;
  if (isArray(value)) for (const one of value) mix(one, print, depth + 1);
  else if (isObject(value)) {
    for (const name in value) if (!passing.has(name)) mix(value[name], print, depth + 1);
  } else {
    print.left -= 1;
    print.hash = hashed(String(value), print.hash);
  }
}

/** FNV-1a's offset basis and prime. */
const seed = 0x811c9dc5;
const prime = 0x01000193;
/** Of a long text its ends and its length tell enough. */
const end = 256;

function hashed(text: string, before: number): number {
  const { length } = text;
  let hash = Math.imul(before ^ length, prime);
  for (let index = 0; index < length; index += 1) {
    if (index === end && length > 2 * end) index = length - end;
    hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  }
  return hash >>> 0;
}
