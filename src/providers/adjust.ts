import { isArray, isObject, objectIn, without } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Target } from './provider.ts';

/** A small change to a body. Returns what it was given, by identity, where there is nothing to change. */
export type Adjustment = (body: JsonObject, target: Target) => JsonObject;
/** The same for one message, part or tool. */
export type Change = (object: JsonObject) => JsonObject;

export const inOrder =
  (...adjustments: readonly Adjustment[]): Adjustment =>
  (body, target) =>
    adjustments.reduce((changed, adjustment) => adjustment(changed, target), body);

export const eachMessage =
  (...changes: readonly Change[]): Adjustment =>
  (body) =>
    eachIn(body, 'messages', (message) => changes.reduce((changed, change) => change(changed), message));

/** Only OpenAI's own reasoning models tell `developer` from `system`; most other servers refuse the word. */
export const developerAsSystem: Change = (message) =>
  message.role === 'developer' ? { ...message, role: 'system' } : message;

/** Takes out what only LiteLLM puts into messages; its `reasoning_content` is other providers' word too and stays. */
export const withoutLiteLlmFields: Change = (message) =>
  eachIn(without(message, 'thinking_blocks', 'provider_specific_fields'), 'tool_calls', (call) =>
    without(call, 'provider_specific_fields'),
  );

/** For servers that refuse a message with any model's reasoning in it. */
export const withoutReasoning: Change = (message) =>
  without(message, 'reasoning_content', 'reasoning', 'reasoning_details');

/** Anthropic's prompt-cache marks, which strict servers refuse as unknown fields. */
export const withoutCacheMarks: Adjustment = (body) => {
  const messages = eachIn(body, 'messages', (message) => eachIn(unmarked(message), 'content', unmarked));
  return eachIn(unmarked(messages), 'tools', (tool) => {
    const plain = unmarked(tool);
    return isObject(plain.function) ? withMember(plain, 'function', unmarked(plain.function)) : plain;
  });
};
const unmarked: Change = (object) => without(object, 'cache_control');

/** Asks for the usage at the end of a stream; whoever did not ask is not shown it. */
export const askForUsage: Adjustment = (body, target) => {
  if (!target.stream) return body;
  const options = objectIn(body.stream_options);
  return options.include_usage === true ? body : { ...body, stream_options: { ...options, include_usage: true } };
};

/** For servers that know the output limit only by its old name. */
export const oldOutputLimit: Adjustment = (body) => limitAs('max_tokens', 'max_completion_tokens', body);
/** For models that refuse the old name. */
export const newOutputLimit: Adjustment = (body) => limitAs('max_completion_tokens', 'max_tokens', body);

/** Of two limits the lower is kept, so that no more comes back than either allows. */
function limitAs(name: string, other: string, body: JsonObject): JsonObject {
  if (!(other in body)) return body;
  const limits = [body[name], body[other]].filter((limit) => typeof limit === 'number');
  const renamed = without(body, name, other);
  return limits.length === 0 ? renamed : { ...renamed, [name]: Math.min(...limits) };
}

export const renamed =
  (from: string, to: string): Adjustment =>
  (body) =>
    from in body ? { ...without(body, from), [to]: body[from] } : body;

export const removed =
  (...names: readonly string[]): Adjustment =>
  (body) =>
    without(body, ...names);

/** `object` with one member set; the same object when it has that very value. */
export const withMember = (object: JsonObject, name: string, value: Json): JsonObject =>
  object[name] === value ? object : { ...object, [name]: value };

/** `owner` with each object of its array `name` changed; the same one when none was. */
export function eachIn(owner: JsonObject, name: string, change: Change): JsonObject {
  const list = owner[name];
  return isArray(list) ? withMember(owner, name, mapped(list, change)) : owner;
}

function mapped(list: readonly Json[], change: Change): readonly Json[] {
  let copy: Json[] | undefined;
  list.forEach((item, index) => {
    if (!isObject(item)) return;
    const next = change(item);
    if (next === item) return;
    copy ??= [...list];
    copy[index] = next;
  });
  return copy ?? list;
}
