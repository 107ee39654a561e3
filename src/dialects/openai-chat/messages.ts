import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { newCallId } from '../call-id.ts';
import { readCustomCall } from '../custom-tool.ts';
import { cacheIn, readContentPart } from './content.ts';
import { detailExtras, readThinkingBlock, reasoningText, sealedDetails, thinkingText } from './reasoning.ts';
import { argumentsIn, own, thoughtExtras } from './wire.ts';

/** The conversation. Results of tools that were called together make one user turn. */
export function readMessages(messages: Json | undefined): readonly Turn[] {
  if (!isArray(messages)) throw invalid('messages is missing: it must be a list of messages.', 'messages');
  if (messages.length === 0) throw invalid('messages is empty: at least one message is needed.', 'messages');
  const legacyIds = new Map<string, string>(); // of `function_call`, which has none, by the function's name
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    const turn = readMessage(objectIn(message), `messages[${index}]`, legacyIds);
    const last = turns.at(-1);
    const joins = isResults(turn) && last !== undefined && isResults(last);
    if (joins) turns[turns.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] };
    else turns.push(turn);
  });
  return turns;
}

const isResults = (turn: Turn): boolean => turn.parts[0]?.type === 'tool-result';

function readMessage(message: JsonObject, place: string, legacyIds: Map<string, string>): Turn {
  const name = stringIn(message.name);
  const named = name === undefined ? {} : { name };
  switch (message.role) {
    case 'system':
    case 'developer': // OpenAI's newer word
      return { role: 'system', parts: marked(readContent(message, place), message), ...named };
    case 'user':
      return { role: 'user', parts: marked(readContent(message, place), message), ...named };
    case 'assistant':
      return { role: 'assistant', parts: marked(readAssistant(message, place, legacyIds), message), ...named };
    case 'tool':
      return { role: 'user', parts: [readResult(message, place, requiredText(message, 'tool_call_id', place))] };
    case 'function':
      return { role: 'user', parts: [readResult(message, place, legacyIds.get(name ?? '') ?? newCallId())] };
    default: {
      const role = stringIn(message.role);
      const problem = role === undefined ? 'is missing' : `"${role}" is unknown`;
      throw invalid(`${place}.role ${problem}: use system, developer, user, assistant or tool.`, `${place}.role`);
    }
  }
}

/** A mark on the message is a mark on its last part. */
function marked<P extends Part>(parts: readonly P[], message: JsonObject): readonly P[] {
  const { cache } = cacheIn(message);
  const last = parts.at(-1);
  return cache && last ? [...parts.slice(0, -1), { ...last, cache }] : parts;
}

function readContent(message: JsonObject, place: string): readonly (TextPart | MediaPart)[] {
  const { content } = message;
  if (content == null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!isArray(content)) throw invalid(`${place}.content must be a string or a list of parts.`, `${place}.content`);
  return content.map((wire, index) => {
    const part = typeof wire === 'string' ? ({ type: 'text', text: wire } as const) : readContentPart(objectIn(wire));
    if (part) return part;
    const type = stringIn(objectIn(wire).type) ?? 'none';
    const where = `${place}.content[${index}].type`;
    throw invalid(`${where} "${type}" cannot be translated: use text, image_url, input_audio or file.`, where);
  });
}

function readResult(message: JsonObject, place: string, id: string): ToolResultPart {
  const parts = readContent(message, place);
  const cache = cacheIn(message).cache ?? parts.findLast((part) => part.cache)?.cache;
  return defined({
    type: 'tool-result' as const,
    id,
    name: stringIn(message.name),
    parts: parts.map(unmarked),
    cache,
  });
}

/** The mark stands on the result, and must not be counted twice. */
function unmarked<P extends Part>(part: P): P {
  const { cache, ...rest } = part;
  return cache ? (rest as P) : part;
}

function readAssistant(message: JsonObject, place: string, legacyIds: Map<string, string>): readonly Part[] {
  const content = isArray(message.content) ? message.content : undefined;
  const thoughts = objectsIn(content).filter(isThought).map(readThought);
  const rest = content
    ? { ...message, content: content.filter((part) => !isObject(part) || !isThought(part)) }
    : message;
  const refusal = stringIn(message.refusal) ?? '';
  return [
    ...readReasoning(message),
    ...thoughts,
    ...readContent(rest, place),
    ...(refusal === '' ? [] : [{ type: 'text', text: refusal, extras: { [own]: { refusal: true } } } as const]),
    ...readCalls(message, place),
    ...readLegacyCall(message, legacyIds),
  ];
}

const isThought = (part: JsonObject): boolean => part.type === 'thinking' || part.type === 'redacted_thinking';
const readThought = (part: JsonObject): ReasoningPart =>
  isArray(part.thinking) ? { type: 'reasoning', text: thinkingText(part.thinking) } : readThinkingBlock(part);

/** Blocks hold the signatures, so they stand before the same text told without them. */
function readReasoning(message: JsonObject): readonly ReasoningPart[] {
  const blocks = objectsIn(message.thinking_blocks);
  if (blocks.length > 0) return blocks.map(readThinkingBlock);
  const text = reasoningText(message);
  const details = sealedDetails(message.reasoning_details);
  if (details.length > 0) return [{ type: 'reasoning', text, extras: detailExtras(details) }];
  return text === '' ? [] : [{ type: 'reasoning', text }];
}

function readCalls(message: JsonObject, place: string): readonly ToolCallPart[] {
  if (message.tool_calls == null) return [];
  if (!isArray(message.tool_calls)) throw invalid(`${place}.tool_calls must be a list.`, `${place}.tool_calls`);
  return message.tool_calls.map((wire, index) => {
    const call = objectIn(wire);
    const where = `${place}.tool_calls[${index}]`;
    const id = requiredText(call, 'id', where);
    if (isObject(call.custom)) {
      const name = requiredText(call.custom, 'name', `${where}.custom`);
      const custom = readCustomCall(id, name, stringIn(call.custom.input) ?? '');
      return { ...custom, extras: { ...custom.extras, ...thoughtExtras(call) } };
    }
    const called = objectIn(call.function);
    return defined({
      type: 'tool-call' as const,
      id,
      name: requiredText(called, 'name', `${where}.function`),
      input: argumentsIn(called.arguments),
      extras: thoughtExtras(call),
      ...cacheIn(call),
    });
  });
}

/** `function_call`, as OpenAI had it before 2023-11; its result is found by the function's name. */
function readLegacyCall({ function_call }: JsonObject, legacyIds: Map<string, string>): readonly ToolCallPart[] {
  if (!isObject(function_call)) return [];
  const id = newCallId();
  const name = stringIn(function_call.name) ?? '';
  legacyIds.set(name, id);
  return [{ type: 'tool-call', id, name, input: argumentsIn(function_call.arguments) }];
}

function requiredText(object: JsonObject, field: string, place: string): string {
  const value = stringIn(object[field]) ?? '';
  if (value === '') throw invalid(`${place}.${field} is missing.`, `${place}.${field}`);
  return value;
}
