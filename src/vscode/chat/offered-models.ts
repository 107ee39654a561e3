import { numberIn, objectIn, objectsIn, stringIn, type JsonObject } from '../../lib/json.ts';
import type { Words } from '../words.ts';

/** A model as the editor's picker shows it. */
export interface EditorModel {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  /** Beside the name: the price of a million tokens, in and out. */
  readonly detail: string;
  readonly tooltip: string;
  /** Tokens. */
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: { readonly toolCalling: boolean; readonly imageInput: boolean };
  /** Editors before 1.110 or so leave out what does not say so; newer ones what says no. */
  readonly isUserSelectable: true;
  /** For the list of all models, where newer editors have a column for it (seen in 1.139; not in the typings). */
  readonly pricing: string;
}

/** Of a model that nobody knows: what most have that are run at home, and leaves an agent room to work. */
const assumedInput = 32_768;
const assumedOutput = 8_192;

/** The models that one can talk to, from the gateway's `/purser/models`. */
export function offeredModels(answer: unknown, l10n: Words): readonly EditorModel[] {
  const rows = objectsIn(objectIn(answer)['data']).filter(isForChat);
  const names = new Set(rows.map(nameOf));
  return rows.filter((row) => !isTwice(row, names)).map((row) => modelOf(row, l10n));
}

const nameOf = ({ model_group }: JsonObject): string => stringIn(model_group) ?? '';

const chatModes: ReadonlySet<string> = new Set(['chat', 'responses']);

/** Where the mode is not known, by what such models are called. */
const otherwise =
  /embed|tts|whisper|transcri|speech|audio|realtime|dall-e|(^|[-/])image|imagen|veo|sora|moderation|rerank|guard|lyria|aqa|(^|\/)(babbage|davinci)/i;

function isForChat(row: JsonObject): boolean {
  if (nameOf(row).includes('*')) return false; // an alias for many
  const mode = stringIn(row['mode']);
  return mode === undefined ? !otherwise.test(nameOf(row)) : chatModes.has(mode);
}

/** `openai/gpt-5` beside `gpt-5` says nothing new. */
function isTwice(row: JsonObject, names: ReadonlySet<string>): boolean {
  const [prefix, ...rest] = nameOf(row).split('/');
  const providers = row['providers'];
  return rest.length > 0 && Array.isArray(providers) && providers.includes(prefix) && names.has(rest.join('/'));
}

function modelOf(row: JsonObject, l10n: Words): EditorModel {
  const name = nameOf(row);
  const [input, output] = [numberIn(row['max_input_tokens']), numberIn(row['max_output_tokens'])];
  const window = input ?? assumedInput;
  const maxOutputTokens = Math.min(output ?? assumedOutput, window);
  return {
    id: name,
    name,
    family: familyOf(name),
    version: '1',
    detail: priceOf(row, l10n),
    tooltip: tooltipOf(row, l10n),
    // Most models have one window for both, and refuse a prompt that leaves no room for the output asked for.
    maxInputTokens: Math.max(window - maxOutputTokens, Math.floor(window / 2)),
    maxOutputTokens,
    capabilities: {
      // Nearly all that are made today can; one that cannot is refused by name, one that is not offered never works.
      toolCalling: row['supports_function_calling'] !== false,
      imageInput: row['supports_vision'] === true || (row['supports_vision'] === null && seesPictures.test(name)),
    },
    isUserSelectable: true,
    pricing: priceOf(row, l10n),
  };
}

/** Families all of whose members of today take pictures, for when no table knows a new one. */
const seesPictures = /(^|[/.])(gpt-(4o|4\.1|[5-9])|o[34]|claude-[a-z]*-?[3-9]|gemini-)/;

/** Callers choose by it: `claude-sonnet-4-5`, without the seller and the day that it was made. */
const familyOf = (name: string): string =>
  (name.split('/').at(-1) ?? name).replace(/-(20\d{6}|20\d\d-\d\d-\d\d|latest)$/, '').replace(/:.*$/, '') || name;

/** Providers state the prices of a million tokens. */
const perMillion = (price: number): string => `$${Number((price * 1e6).toPrecision(4))}`;

function priceOf(row: JsonObject, l10n: Words): string {
  const [input, output] = [numberIn(row['input_cost_per_token']), numberIn(row['output_cost_per_token'])];
  if (row['price_assumed'] === true || input === undefined || output === undefined) return l10n.t('price not known');
  if (input === 0 && output === 0) return l10n.t('free');
  return l10n.t('{0} in, {1} out', perMillion(input), perMillion(output));
}

/** Whole sentences, each of which can be translated by itself. */
function tooltipOf(row: JsonObject, l10n: Words): string {
  const providers = Array.isArray(row['providers']) ? row['providers'].join(', ') : '';
  const [input, output] = [numberIn(row['max_input_tokens']), numberIn(row['max_output_tokens'])];
  return [
    l10n.t('Through Purser, served by {0}.', providers),
    l10n.t('Price of a million tokens: {0}.', priceOf(row, l10n)),
    input === undefined
      ? l10n.t('How much it reads is not known, and taken to be {0} tokens.', count(assumedInput))
      : l10n.t('It reads {0} tokens.', count(input)),
    ...(output === undefined ? [] : [l10n.t('It writes {0} at most.', count(output))]),
  ].join(' ');
}

const count = (tokens: number): string => tokens.toLocaleString('en-US');
