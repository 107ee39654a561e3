import { hash } from 'node:crypto';
import { isArray, isObject, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';

/** How much of a text tells one conversation from another; a long prompt is not read to its end. */
const readLength = 2_000;

/**
 * A name for the conversation that a call belongs to, the same for each of its turns: what the client calls its session
 * or its cache, else a hash of what stays the same, the instructions and the first message.
 */
export function conversationOf({ caller, session, body }: Call, group: string): string | undefined {
  const named = session ?? stringIn(body['prompt_cache_key']);
  if (named !== undefined) return `${caller.id} ${group} ${named.slice(0, 128)}`;
  const beginning = beginningOf(body);
  return beginning === '' ? undefined : hash('sha1', `${caller.id} ${group} ${beginning}`, 'base64');
}

function beginningOf(body: JsonObject): string {
  const turns = body['messages'] ?? body['contents'] ?? body['input'];
  const instructions = body['system'] ?? body['systemInstruction'] ?? body['instructions'];
  return textOf(instructions) + (isArray(turns) ? openingOf(turns) : textOf(turns));
}

/** The instructions among the turns, and the first that is the user's. */
function openingOf(turns: readonly Json[]): string {
  let text = '';
  for (const turn of turns) {
    text += textOf(turn);
    if (!isObject(turn) || (turn['role'] !== 'system' && turn['role'] !== 'developer')) break;
  }
  return text;
}

/** The beginning of the first text in a value. */
function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value.slice(0, readLength);
  if (isArray(value)) return textOf(value[0]);
  return isObject(value) ? textOf(value['text'] ?? value['content'] ?? value['parts']) : '';
}
