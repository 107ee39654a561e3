import { parseEnv } from 'node:util';
import { modelAddress } from '../../config/address.ts';
import { deploymentId } from '../../config/deployment-id.ts';
import { configValue, type ConfigEdit } from '../../config/edit.ts';
import { plainSecrets } from '../../config/plain-secrets.ts';
import { variableIn } from '../../config/reading.ts';
import { isArray, isObject, objectIn, objectsIn, stringIn, type Json, type JsonObject } from '../../lib/json.ts';

/** A key that was found, and the name that it would be kept under. */
export interface FoundKey {
  readonly name: string;
  readonly value: string;
  /** A provider's usual variable, or one that a configuration names. */
  readonly isKnown: boolean;
}

/** What may be taken over from LiteLLM. */
export interface FoundConfig {
  readonly keys: readonly FoundKey[];
  /** Its model_list, with references in the place of keys. */
  readonly entries: readonly JsonObject[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The keys among variables: of known names, and of names that keys usually have. */
export const keysAmong = (variables: Variables, known: ReadonlySet<string>): readonly FoundKey[] =>
  Object.entries(variables)
    .filter((one): one is [string, string] => one[1] !== undefined && one[1].trim() !== '')
    .filter(([name, value]) => known.has(name) || (keyName.test(name) && value.length >= 16))
    .map(([name, value]) => ({ name, value: value.trim(), isKnown: known.has(name) }))
    .sort((a, b) => Number(b.isKnown) - Number(a.isKnown) || (a.name < b.name ? -1 : 1));

const keyName = /_(API_KEY|ACCESS_TOKEN|SECRET_ACCESS_KEY)(_\w+)?$/;

export const keysInEnvText = (text: string, known: ReadonlySet<string>): readonly FoundKey[] =>
  keysAmong(parseEnv(text.replace(/^\uFEFF/, '')), known);

export interface Taking {
  /** The variable that a provider's key is usually looked up by. */
  readonly usualVariable: (provider: string) => string | undefined;
  /** The `.env` beside the configuration. */
  readonly variables: Variables;
  /** The keys that are kept already. */
  readonly stored: Variables;
}

/** What a LiteLLM configuration has for us; undefined for one that cannot be read. */
export function foundInLitellm(text: string, taking: Taking): FoundConfig | undefined {
  const root = configValue(text);
  if (root === undefined) return undefined;
  const entries = objectsIn(objectIn(root)['model_list']);
  const names = new Map<string, string>();
  for (const { path, value } of plainSecrets(text)) {
    if (path[0] !== 'model_list' || names.has(value)) continue;
    const entry = entries[Number(path[1])] ?? {};
    names.set(value, nameFor(value, usualName(String(path.at(-1)), entry, taking), names, taking));
  }
  const literal = [...names].map(([value, name]): FoundKey => ({ name, value, isKnown: true }));
  const named = new Set(entries.flatMap(referencesIn));
  const beside = keysAmong(taking.variables, named).filter(({ isKnown }) => isKnown);
  const hidden = entries.map((entry) => objectIn(withReferences(entry, names)));
  return { keys: [...literal, ...beside], entries: hidden };
}

function usualName(key: string, entry: JsonObject, { usualVariable }: Taking): string {
  const bare = key.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  if (key !== 'api_key') return bare;
  const provider = providerOf(objectIn(entry['litellm_params'])) ?? '';
  return usualVariable(provider) ?? (provider === '' ? bare : `${provider.toUpperCase()}_API_KEY`);
}

function providerOf({ model, custom_llm_provider: custom }: JsonObject): string | undefined {
  if (typeof model !== 'string') return undefined;
  return modelAddress({ model, ...(typeof custom === 'string' && { custom_llm_provider: custom }) })?.provider;
}

/** The usual name where it is free or has this very key, else with a number. */
function nameFor(
  value: string,
  usual: string,
  taken: ReadonlyMap<string, string>,
  { stored, variables }: Taking,
): string {
  const isFree = (name: string): boolean => {
    const held = stored[name] ?? variables[name];
    return ![...taken.values()].includes(name) && (held === undefined || held === value);
  };
  let name = usual;
  for (let count = 2; !isFree(name); count++) name = `${usual}_${count}`;
  return name;
}

function referencesIn(value: Json | undefined): readonly string[] {
  if (isArray(value)) return value.flatMap(referencesIn);
  if (isObject(value)) return Object.values(value).flatMap(referencesIn);
  const name = variableIn(value);
  return name === undefined ? [] : [name];
}

function withReferences(value: Json, names: ReadonlyMap<string, string>): Json {
  if (isArray(value)) return value.map((one) => withReferences(one, names));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withReferences(one ?? null, names)]));
  const name = names.get(stringIn(value) ?? '');
  return name === undefined ? value : `os.environ/${name}`;
}

/** Puts entries into a configuration that does not have them yet. `starter`: what a file that lists no models stands for, and is written down with the first one. */
export function mergeEdits(
  text: string,
  entries: readonly JsonObject[],
  starter: readonly JsonObject[],
): readonly ConfigEdit[] {
  const root = objectIn(configValue(text));
  const listsNone = (root['model_list'] ?? root['include']) == null;
  const there = new Set(objectsIn(root['model_list']).map(deploymentId));
  const missing = entries.filter((entry) => !there.has(deploymentId(entry)));
  if (missing.length === 0) return [];
  return [...(listsNone ? starter : []), ...missing].map((value): ConfigEdit => ({
    type: 'append',
    path: ['model_list'],
    value,
  }));
}

/**
 * What a second account of a provider adds to the configuration: each model that is called with the first key once more,
 * so that they share the calls; else all of the provider's models under a name of its own.
 */
export function accountEntries(text: string, { provider, first, second }: Account): readonly JsonObject[] {
  const entries = objectsIn(objectIn(configValue(text))['model_list']);
  const api_key = `os.environ/${second}`;
  const shared = entries.flatMap((entry): readonly JsonObject[] => {
    const { api_key: key, ...params } = objectIn(entry['litellm_params']);
    const isFirst = key == null ? providerOf(params) === provider : variableIn(key) === first;
    if (!isFirst) return [];
    return [{ model_name: entry['model_name'] ?? null, litellm_params: { ...params, api_key } }];
  });
  const own = { model_name: `${provider}/*`, litellm_params: { model: `${provider}/*`, api_key } };
  return shared.length > 0 ? shared : [own];
}

export interface Account {
  /** LiteLLM's prefix. */
  readonly provider: string;
  /** The variables of the two keys. */
  readonly first: string;
  readonly second: string;
}
