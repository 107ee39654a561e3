import { invalid } from '../chat/failure.ts';
import { isArray, isObject, without } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Provider, Spoken, Target } from './provider.ts';

/** A provider in one of its dialects. */
export type Speaker = Spoken & Pick<Provider, 'title'>;

export interface DropRules {
  /** LiteLLM's drop_params: leave out what the provider refuses instead of refusing the call. */
  readonly dropParams: boolean;
  /** LiteLLM's additional_drop_params: top-level fields to leave out in any case. */
  readonly dropAlso: readonly string[];
}

export interface PreparedBody {
  readonly body: JsonObject;
  /** The fields that were left out, by name. */
  readonly dropped: readonly string[];
}

/** The body as `provider` takes it. Without drop_params, throws `invalid-request` naming the fields that it would refuse. */
export function prepareBody(provider: Speaker, target: Target, body: JsonObject, rules: DropRules): PreparedBody {
  const unwanted = rules.dropAlso.filter((name) => name in body);
  const asked = without(body, ...unwanted);
  const refused = (provider.refuses?.(target, asked) ?? []).filter((name) => name in asked);
  if (!rules.dropParams)
    refuse(
      provider,
      target,
      refused.filter((name) => !isAdvice(name) && !isOffer(name, asked) && asksForSomething(name, asked[name])),
    );
  const kept = without(asked, ...refused);
  return { body: provider.adjust?.(kept, target) ?? kept, dropped: [...unwanted, ...refused] };
}

/** A prepared body with its output limited to so many tokens, in the provider's word for the limit. */
export function limitBody(provider: Speaker, target: Target, body: JsonObject, tokens: number): JsonObject {
  const limited = provider.dialect.limitOutput(body, tokens);
  // Once more, since only `adjust` knows the word; what it did before it finds done.
  return provider.adjust?.(limited, target) ?? limited;
}

/**
 * What a model may be told and can leave unheeded, by OpenAI's names: left out with a notice, with or without drop_params,
 * since assistants send it with every request and cannot all be told not to (Codex `verbosity`, Gemini CLI `topK` and
 * `topP`, aider a temperature, Claude Code who its user is). So is the wish for one call at a time.
 */
export const isAdvice = (name: string): boolean => advice.has(name);

const advice: ReadonlySet<string> = new Set([
  'reasoning_effort',
  'verbosity',
  'top_k',
  'top_p',
  'temperature',
  'user',
  'parallel_tool_calls',
]);

/** Tools that may be used, without which a model still answers in words. One that must be is not: its client waits for the call. */
const isOffer = (name: string, body: JsonObject): boolean =>
  offers.has(name) && !isForced(body.tool_choice) && !isForced(body.function_call);

const offers: ReadonlySet<string> = new Set(['tools', 'tool_choice', 'functions', 'function_call']);

/** A word, or in Anthropic's form an object with one. */
function isForced(choice: Json | undefined): boolean {
  const word = isObject(choice) ? choice.type : choice;
  return word != null && word !== 'auto' && word !== 'none';
}

function refuse(provider: Speaker, target: Target, names: readonly string[]): void {
  if (names.length === 0) return;
  throw invalid(
    `${provider.title} does not take ${names.join(', ')} for the model ${target.model}. ` +
      'Leave it out, or set litellm_settings.drop_params to true to have it dropped.',
    names[0],
  );
}

/** OpenAI's defaults of fields that some providers refuse: many clients send them without meaning anything by it. */
const defaults: Readonly<Record<string, number>> = { n: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 };

function asksForSomething(name: string, value: Json | undefined): boolean {
  if (value == null || value === false || value === defaults[name]) return false;
  if (isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}
