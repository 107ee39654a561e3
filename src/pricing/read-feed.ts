import { setImmediate as turn } from 'node:timers/promises';
import type { Provider } from '@pydantic/genai-prices';
import { Failure } from '../chat/failure.ts';
import { isArray, isObject, type JsonObject, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../lib/json.ts';
import { membersOf } from '../lib/splice.ts';
import { genaiLines } from './genai-lines.ts';
import { mapEntryOf } from './litellm-map.ts';
import type { Feed } from './price-feeds.ts';
import { linesIn, priceLines } from './price-lines.ts';

/** What was fetched, fit for use. */
export interface Checked {
  readonly lines: string;
  readonly models: number;
  /** How many models have another price than before. */
  readonly moved: number;
}

/**
 * Reads what was fetched, as lines. Throws `provider-nonsense`, with a sentence that says why, for what is cut short, is
 * something else, or cannot be true beside `before`, the lines in use. Calls under way are let through every millisecond.
 */
export async function checkedFeed(feed: Feed, text: string, before: string | undefined): Promise<Checked> {
  const lines = feed === 'genai-prices' ? genaiLines(providersIn(text)) : await mapLines(text);
  const prices = await headlines(feed, lines);
  const old = before === undefined ? new Map<string, number>() : await headlines(feed, before);
  if (prices.size === 0) throw refused('no model in it has a price');
  if (prices.size < old.size * leastKept)
    throw refused(`it prices ${prices.size} models, where there were ${old.size}`);
  const dear = [...prices.values()].filter((price) => price > dearestToken).length;
  if (dear > prices.size * mostOdd) throw refused(`${dear} of its ${prices.size} models cost more than a cent a token`);
  const compared = [...prices].flatMap(([name, price]) => {
    const was = old.get(name);
    return was === undefined ? [] : [{ price, was }];
  });
  const leaps = compared.filter(({ price, was }) => isLeap(price, was)).length;
  if (leaps > Math.max(3, compared.length * mostOdd)) {
    throw refused(`${leaps} of ${compared.length} prices are more than ten times what they were, or less than a tenth`);
  }
  return { lines, models: prices.size, moved: compared.filter(({ price, was }) => price !== was).length };
}

/** Models come and go, but not a fifth of them in a day. */
const leastKept = 0.8;
/** The share of models that may be odd before the whole is. */
const mostOdd = 0.02;
/** Dollars. */
const dearestToken = 0.01;

const isLeap = (price: number, was: number): boolean =>
  was === 0 ? false : price === 0 || price > was * 10 || price < was / 10;

const refused = (why: string): Failure => new Failure('provider-nonsense', why);

function providersIn(text: string): readonly Provider[] {
  const list = parseJson(text);
  const isProvider = (one: unknown): boolean =>
    isObject(one) && typeof one.id === 'string' && isArray(one.models) && objectsIn(one.models).every(isModel);
  if (!isArray(list) || list.length === 0 || !list.every(isProvider)) throw refused('it is no list of providers');
  return list.map((one) => withTypes(objectIn(one))) as unknown as readonly Provider[];
}

const isModel = ({ id, match, prices }: JsonObject): boolean =>
  typeof id === 'string' && isObject(match) && (isObject(prices) || isArray(prices));

/** The published table leaves out what kind of constraint a price has, which its members tell. */
const withTypes = (provider: JsonObject): JsonObject => ({
  ...provider,
  models: objectsIn(provider.models).map((model) =>
    isArray(model.prices) ? { ...model, prices: objectsIn(model.prices).map(withType) } : model,
  ),
});

const withType = (conditional: JsonObject): JsonObject => {
  const { constraint } = conditional;
  if (!isObject(constraint)) return { prices: conditional.prices };
  const type = constraint.start_date === undefined ? 'time_of_date' : 'start_date';
  return { ...conditional, constraint: { ...constraint, type } };
};

/** The map is three megabytes: it is read model by model. */
async function mapLines(text: string): Promise<string> {
  const raw = Buffer.from(text.trim());
  if (raw[0] !== openBrace || raw.at(-1) !== closeBrace) throw refused('it is no whole JSON object');
  let end = 1;
  const entries: (readonly [string, JsonObject])[] = [];
  await inTurns(membersOf(raw, 0), ({ key, valueFrom, valueTo }) => {
    const value = parseJson(raw.toString('utf8', valueFrom, valueTo));
    if (value === undefined) throw refused('it is no whole JSON object');
    const entry = mapEntryOf(key, value);
    if (entry) entries.push([key, entry]);
    end = valueTo;
  });
  if (raw.toString('utf8', end).trim() !== '}') throw refused('it is no whole JSON object');
  return priceLines(entries);
}

const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Of each model the dollars for a token of input: enough to see that a price has moved. */
async function headlines(feed: Feed, lines: string): Promise<ReadonlyMap<string, number>> {
  const prices = new Map<string, number>();
  await inTurns(linesIn(lines), ([name, entry]) => {
    if (feed === 'litellm') put(prices, name, numberIn(entry.input_cost_per_token));
    for (const model of objectsIn(entry.models)) {
      const { input_mtok: price } = objectIn(isArray(model.prices) ? objectIn(model.prices[0]).prices : model.prices);
      const dollars = numberIn(price) ?? numberIn(objectIn(price).base);
      put(prices, `${name}/${stringIn(model.id) ?? ''}`, dollars === undefined ? undefined : dollars / 1e6);
    }
  });
  return prices;
}

const put = (prices: Map<string, number>, name: string, price: number | undefined): void => {
  if (price !== undefined && price >= 0) prices.set(name, price);
};

async function inTurns<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    visit(item);
    if (performance.now() - since < 1) continue;
    await turn();
    since = performance.now();
  }
}
