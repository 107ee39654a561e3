import { isArray, isObject, type Json, type JsonObject } from '../lib/json.ts';
import { checkPriceKeys } from './known-keys.ts';
import { isPriceKey } from './litellm-keys.ts';
import { pathText } from './quote.ts';
import { mistake, type Reading, remark } from './reading.ts';
import type { Path } from './source.ts';

/** The prices among the members at `path`, as numbers of dollars; tiers stay as they are. */
export function pricesIn(reading: Reading, path: Path, members: JsonObject): JsonObject {
  checkPriceKeys(reading, path);
  const prices: Record<string, Json> = {};
  for (const [key, value] of Object.entries(members)) {
    const price = isPriceKey(key) ? priceOf(reading, [...path, key], value) : undefined;
    if (price !== undefined) prices[key] = price;
  }
  return prices;
}

/** LiteLLM's unit is one token, and a price for a million of them is the usual slip. */
const dearestToken = 0.01;

function priceOf(reading: Reading, path: Path, value: Json | undefined): Json | undefined {
  if (isObject(value) || isArray(value)) return value;
  const price = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) {
    mistake(reading, path, 'a price in dollars, 0 or more, such as 0.0000025 for a token');
    return undefined;
  }
  if (price > dearestToken && /(^|_)token(_|$)/.test(String(path.at(-1)))) {
    remark(
      reading,
      path,
      `${pathText(path)} is dollars for one token, and this is more than a cent; divide a price per million by 1000000`,
    );
  }
  return price;
}
