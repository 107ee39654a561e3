import type { Part, ToolResultPart, Turn } from '../../chat/chat.ts';
import { Failure, invalid } from '../../chat/failure.ts';
import { isArray, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { isCall, readEarlierCall } from './calls.ts';
import { readContent } from './content.ts';
import { readReasoning } from './reasoning.ts';
import { own } from './wire.ts';

export interface ItemsRead {
  readonly turns: readonly Turn[];
  /** Items of tools that only OpenAI's servers have, by place and type: what came of them stands in the texts. */
  readonly dropped: readonly string[];
}

/** The conversation. What the model said, thought and called in a row is one turn, and so are the results of its calls. */
export function readInput(input: Json | undefined): ItemsRead {
  if (typeof input === 'string') return { turns: [userTurn(input)], dropped: [] };
  if (!isArray(input)) throw invalid('input is missing: it must be a text or a list of items.', 'input');
  const turns: Turn[] = [];
  const dropped: string[] = [];
  input.forEach((wire, index) => {
    const item = typeof wire === 'string' ? { role: 'user', content: wire } : objectIn(wire);
    const place = `input[${index}]`;
    const turn = readItem(item, place);
    if (turn) append(turns, turn);
    else dropped.push(`${place} (${stringIn(item.type) ?? 'no type'})`);
  });
  return { turns: turns.filter(({ parts }) => parts.length > 0), dropped };
}

const userTurn = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] });

function append(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1);
  const joins = last?.role === turn.role && (turn.role === 'assistant' || (isResults(turn) && isResults(last)));
  if (joins) turns[turns.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] };
  else turns.push(turn);
}

const isResults = (turn: Turn): boolean => turn.parts[0]?.type === 'tool-result';

function readItem(item: JsonObject, place: string): Turn | undefined {
  if (isCall(item)) return { role: 'assistant', parts: [readEarlierCall(item)] };
  switch (item.type) {
    case undefined: // the easy form
    case 'message':
      return readMessage(item, place);
    case 'reasoning':
      return { role: 'assistant', parts: readReasoning(item) };
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return { role: 'user', parts: [readResult(item, place)] };
    case 'item_reference':
      throw keptElsewhere(place, 'an item');
    case 'compaction':
    case 'compaction_summary':
    case 'compaction_trigger':
      throw invalid(
        `${place} is a ${item.type}: only OpenAI can shorten a conversation in this way, and this model is served elsewhere.`,
        place,
      );
    default:
      return undefined;
  }
}

/** What OpenAI keeps for its clients, or nobody knows any more; the code is OpenAI's for an id it does not know. */
export const keptElsewhere = (field: string, what: string): Failure =>
  new Failure(
    'invalid-request',
    `${field} cannot be followed: it names ${what} that OpenAI may keep, but this model is served elsewhere, and Purser ` +
      'keeps only what it answered itself, for a while. Send the whole conversation in input, with store set to false.',
    { param: field, code: 'previous_response_not_found' },
  );

function readMessage(item: JsonObject, place: string): Turn {
  const parts = readContent(item.content, `${place}.content`);
  switch (item.role) {
    case 'system':
    case 'developer': // OpenAI's newer word
      return { role: 'system', parts };
    case 'user':
      return { role: 'user', parts };
    case 'assistant':
      return { role: 'assistant', parts: withPhase(parts, item.phase) };
    default: {
      const role = stringIn(item.role);
      const problem = role === undefined ? 'is missing' : `"${role}" is unknown`;
      throw invalid(`${place}.role ${problem}: use system, developer, user or assistant.`, `${place}.role`);
    }
  }
}

/** Whether a message comments on the work or is its result, which GPT-5.3-Codex and later want to be told again. */
export const withPhase = <P extends Part>(parts: readonly P[], phase: Json | undefined): readonly P[] =>
  typeof phase === 'string' ? parts.map((part) => ({ ...part, extras: { ...part.extras, [own]: { phase } } })) : parts;

function readResult(item: JsonObject, place: string): ToolResultPart {
  const id = stringIn(item.call_id) ?? stringIn(item.id);
  if (id === undefined) throw invalid(`${place}.call_id is missing.`, `${place}.call_id`);
  return { type: 'tool-result', id, parts: readContent(item.output, `${place}.output`) };
}
