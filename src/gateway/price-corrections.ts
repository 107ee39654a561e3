import type { Usage } from '../chat/chat.ts';
import { formatDollars, type NanoUsd } from '../chat/money.ts';
import { isArray, isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../lib/json.ts';
import { costOf, isTold } from '../pricing/cost.ts';
import type { Price } from '../pricing/price.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import { findProvider } from '../providers/index.ts';

type Needs = Pick<Ports, 'books' | 'catalog' | 'clock' | 'ledger' | 'log' | 'prices'>;

/** Rows older than this stay as they are, milliseconds. */
const reachMs = 90 * 86_400_000;
const pageSize = 500;

/**
 * Mends the rows whose price was assumed and is known by now: each by a line of its own, since rows are never edited.
 * Resolves with how many.
 */
export async function correctAssumed(ports: Needs): Promise<number> {
  await ports.prices.warm();
  const since = ports.clock.now() - reachMs;
  let mended = 0;
  let change = 0;
  let after: { readonly at: number; readonly seq: number } | undefined;
  for (;;) {
    const page = { source: 'assumed', since, limit: pageSize, ...(after && { after }) } as const;
    const { rows, corrections } = await ports.books.mend(async () => {
      const found = await ports.ledger.rows(page);
      const records = found.flatMap((row) => correctionOf(ports, row) ?? []);
      // Together: they share the journal's syncs.
      await Promise.all(records.map((record) => ports.books.change(record)));
      return { rows: found, corrections: records };
    });
    mended += corrections.length;
    change += corrections.reduce((sum, { cost, row }) => sum + cost - row.cost, 0);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) break;
    after = { at: numberIn(last.at) ?? since, seq: numberIn(last.seq) ?? 0 };
  }
  if (mended > 0) {
    const sign = change < 0 ? '-' : '+';
    ports.log.info(
      `prices that had been assumed are known by now: ${mended} rows were corrected, by ${sign}${formatDollars(Math.abs(change) as NanoUsd)} in all`,
    );
  }
  return mended;
}

/** Undefined for a row whose price is still not known, that was mended before, or that costs the same. */
function correctionOf(ports: Needs, row: JsonObject) {
  const { usage, scopes } = row;
  const call = stringIn(row.call);
  const at = numberIn(row.at);
  const booked = numberIn(row.bookedCost);
  const price = priceOf(ports, row);
  if (call === undefined || at === undefined || booked === undefined || price === undefined) return undefined;
  if (row.correction !== null || !isObject(usage) || !isArray(scopes)) return undefined;
  const told = usage as unknown as Usage;
  if (!isTold(told, price)) return undefined;
  // What earlier attempts cost is part of the row, and stays.
  const last = objectsIn(row.attempts).at(-1);
  const cost = (booked - (numberIn(last?.cost) ?? 0) + costOf(told, price)) as NanoUsd;
  if (cost === booked) return undefined;
  return {
    type: 'correction',
    call,
    at: ports.clock.now(),
    cost,
    reason: `the price was assumed; now it is known from ${price.source}${price.asOf === undefined ? '' : ` (${price.asOf})`}`,
    row: { at, scopes: scopes.flatMap((scope) => stringIn(scope) ?? []), cost: booked as NanoUsd },
  } as const;
}

/** What the row's model cost when it was called, as its deployment has it where that is still configured. */
function priceOf({ catalog, prices }: Needs, row: JsonObject): Price | undefined {
  const model = stringIn(row.model) ?? '';
  const prefix = stringIn(row.provider) ?? '';
  const provider = findProvider(prefix);
  const deployment = catalog().deployments.find(({ id }: Deployment) => id === row.deployment);
  const price = prices.find(
    {
      provider: provider?.priceId ?? prefix,
      prefix,
      model,
      ...(deployment && { prices: deployment.config.prices, info: deployment.config.info }),
      local: provider?.local ?? false,
    },
    numberIn(row.at),
  );
  return price?.approximate ? undefined : price;
}
