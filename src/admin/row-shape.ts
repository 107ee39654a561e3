import { flag, list, maybe, number, object, orNull, record, text, type Shape } from '../lib/shape.ts';

const usage = object({
  ...{ input: number, cacheRead: number, cacheWrite: number, cacheWrite1h: number, output: number, reasoning: number },
});
/** Pico-dollars a token by kind, and where that is from. */
export const priceShape: Shape<Readonly<Record<string, string | number>>> = (value, place) =>
  Object.fromEntries(
    Object.entries(record((one) => one)(value, place)).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === 'number' || typeof entry[1] === 'string',
    ),
  );
/** One line of the ledger. */
export const row = object({
  ...{ seq: number, call: text, at: number, key: text, keyAlias: orNull(text), project: orNull(text) },
  ...{ evidence: orNull(text), group: text, served: orNull(text), model: text, provider: text, account: text },
  ...{ deployment: text, dialect: text, stream: orNull(flag), assistant: orNull(text), session: orNull(text) },
  ...{ branch: orNull(text), status: text, failure: orNull(text), cached: flag, usage: orNull(usage) },
  ...{ cost: orNull(number), bookedCost: orNull(number), correction: orNull(text), source: text },
  ...{ upperBound: orNull(flag), price: orNull(priceShape), firstTokenMs: orNull(number), totalMs: orNull(number) },
  outputLimit: orNull(number),
  attempts: orNull(
    list(
      object({
        ...{ deployment: text, model: text, reason: maybe(text), group: maybe(text), failure: maybe(text) },
        cost: maybe(number),
      }),
    ),
  ),
  warnings: orNull(list(text)),
});
