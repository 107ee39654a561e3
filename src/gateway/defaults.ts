import type { ChatRequest, Reasoning, Settings } from '../chat/chat.ts';
import type { ProviderDialect } from '../dialects/dialect.ts';
import { isChatField } from '../dialects/openai-chat/request.ts';
import { readSettings } from '../dialects/openai-chat/settings.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';

/** A deployment's default parameters: those in OpenAI's chat words, which every dialect has its own for, and the provider's own. */
export interface Defaults {
  readonly chat: JsonObject;
  readonly own: JsonObject;
}

export function defaultsIn(given: JsonObject): Defaults {
  let known = read.get(given);
  if (known === undefined) {
    const entries = Object.entries(given);
    known = {
      chat: Object.fromEntries(entries.filter(([name]) => isChatField(name))),
      own: Object.fromEntries(entries.filter(([name]) => !isChatField(name))),
    };
    read.set(given, known);
  }
  return known;
}

/** A configuration's defaults are the same object for as long as it is in force. */
const read = new WeakMap<JsonObject, Defaults>();

/** The body with what it does not say itself; the same object where it says all. */
export function under(body: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).filter(([name]) => body[name] === undefined);
  return missing.length === 0 ? body : { ...body, ...Object.fromEntries(missing) };
}

/** The request's settings over the defaults that the dialect has words for. */
export function settingsOver(own: Settings, defaults: JsonObject, dialect: ProviderDialect): Settings {
  const said = Object.entries(readSettings(defaults));
  const usable: Settings = Object.fromEntries(said.filter(([name]) => dialect.expresses.has(name as keyof Settings)));
  const reasoning = reasoningOver(own.reasoning, usable.reasoning);
  return { ...usable, ...own, ...(reasoning && { reasoning }) };
}

/** Whether to show it says nothing of how much: Codex always sends that alone. */
const reasoningOver = (own: Reasoning | undefined, usual: Reasoning | undefined): Reasoning | undefined =>
  own?.effort !== undefined || own?.budget !== undefined || own?.adaptive !== undefined ? own : { ...usual, ...own };

/** A body that will be relayed, with the defaults in the words of its own format. `request` is what it says. */
export function inOwnWords(
  body: JsonObject,
  defaults: JsonObject,
  { dialect, request }: { readonly dialect: ProviderDialect; readonly request: ChatRequest },
): JsonObject {
  const settings = settingsOver(request.settings, defaults, dialect);
  return filled(body, writtenWith(settings, dialect, request), dialect.writeRequest(request));
}

/** A request that has no room for the usual thinking goes without. */
function writtenWith(settings: Settings, dialect: ProviderDialect, request: ChatRequest): JsonObject {
  try {
    return dialect.writeRequest({ ...request, settings });
  } catch {
    const { reasoning: _, ...rest } = settings;
    return dialect.writeRequest({ ...request, settings: rest });
  }
}

/** `body` with those members of `wanted` that it has not, where they differ from `usual`. */
function filled(body: JsonObject, wanted: JsonObject, usual: JsonObject): JsonObject {
  const added: Record<string, Json> = {};
  for (const [member, value] of Object.entries(wanted)) {
    const before = usual[member];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(before)) continue;
    const name = nameIn(body, member);
    const said = body[name];
    if (said === undefined) added[name] = value;
    // What has a type is one thing, of which no half may come from elsewhere.
    else if (isObject(said) && isObject(value) && said.type === undefined)
      added[name] = filled(said, value, isObject(before) ? before : {});
  }
  return { ...body, ...added };
}

/** Google's Python clients write `generation_config`. */
function nameIn(body: JsonObject, member: string): string {
  const snake = member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return snake in body ? snake : member;
}
