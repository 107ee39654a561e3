import type { Allowance } from '../chat/allowance.ts';
import type { NanoUsd } from '../chat/money.ts';
import { isWindow } from '../lib/duration.ts';
import { isArray, isObject, objectIn, type Json, type JsonObject } from '../lib/json.ts';
import type { Raise, Terms } from './terms.ts';

/** The terms in a record from disk; members that an earlier version did not write have their blank. Throws for what is damaged. */
export const readTerms = (record: JsonObject): Terms => ({
  alias: textIn(record, 'alias'),
  models: textsIn(record, 'models'),
  aliases: Object.fromEntries(Object.entries(objectIn(record['aliases'])).filter(isTextEntry)),
  maxBudget: countIn(record, 'maxBudget') as NanoUsd | null,
  budgetDuration: windowIn(record, 'budgetDuration'),
  budgetLimits: listIn(record, 'budgetLimits').map((one) => allowance(one, 'budgetLimits')),
  softBudget: countIn(record, 'softBudget') as NanoUsd | null,
  raise: raiseIn(record),
  modelBudgets: mapIn(record, 'modelBudgets', allowance),
  rpm: countIn(record, 'rpm'),
  tpm: countIn(record, 'tpm'),
  maxParallel: countIn(record, 'maxParallel'),
  blocked: record['blocked'] === true,
  metadata: objectIn(record['metadata']),
  createdAt: countIn(record, 'createdAt') ?? 0,
  updatedAt: countIn(record, 'updatedAt') ?? 0,
});

export const isCount = (value: number | null | undefined): boolean =>
  value == null || (Number.isSafeInteger(value) && value >= 0);

/** A limit that cannot be read must not become no limit, so what is there must be right. */
export function countIn(record: JsonObject, name: string): number | null {
  const value = record[name];
  if (value == null) return null;
  if (typeof value !== 'number' || !isCount(value)) throw damaged(name);
  return value;
}

export function textIn(record: JsonObject, name: string): string | null {
  const value = record[name];
  if (value != null && typeof value !== 'string') throw damaged(name);
  return value ?? null;
}

/** Whole or not at all: an empty list of models would allow every model. */
export const textsIn = (record: JsonObject, name: string): readonly string[] => texts(listIn(record, name), name);

export function mapIn<T>(
  record: JsonObject,
  name: string,
  read: (value: Json, name: string) => T,
): Readonly<Record<string, T>> {
  const value = record[name] ?? {};
  if (!isObject(value)) throw damaged(name);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one ?? null, name)]));
}

export function texts(value: Json, name: string): readonly string[] {
  if (!isArray(value) || !value.every((one) => typeof one === 'string')) throw damaged(name);
  return value;
}

function listIn(record: JsonObject, name: string): readonly Json[] {
  const value = record[name] ?? [];
  if (!isArray(value)) throw damaged(name);
  return value;
}

function allowance(json: Json, name: string): Allowance {
  const read = objectIn(json);
  const max = countIn(read, 'max');
  if (max === null) throw damaged(name);
  return { max: max as NanoUsd, duration: windowIn(read, 'duration') };
}

function raiseIn(record: JsonObject): Raise | null {
  if (record['raise'] == null) return null;
  const raise = objectIn(record['raise']);
  const [amount, until] = [countIn(raise, 'amount'), countIn(raise, 'until')];
  if (amount === null || until === null) throw damaged('raise');
  return { amount: amount as NanoUsd, until };
}

function windowIn(record: JsonObject, name: string): string | null {
  const value = textIn(record, name);
  if (value !== null && !isWindow(value)) throw damaged(name);
  return value;
}

const isTextEntry = (entry: [string, Json | undefined]): entry is [string, string] => typeof entry[1] === 'string';

const damaged = (name: string): TypeError =>
  new TypeError(`a key or project on disk is damaged: its ${name} cannot be read`);
