import type { Price, Rates } from '../../pricing/price.ts';
import type { KnownModel } from './model-book.ts';

/** Pico-dollars a token are millionths of dollars a million tokens. */
const perMillion = (pico: number): string => {
  const dollars = pico / 1e6;
  return `$${pico % 1e4 === 0 ? dollars.toFixed(2) : String(dollars)}`;
};

const tokens = (count: number): string =>
  count >= 1_000_000
    ? `${Number((count / 1e6).toFixed(2))}M`
    : count >= 1000
      ? `${Math.round(count / 1000)}k`
      : String(count);

/** A model in half a line: `$2.50 in, $10.00 out per million tokens, 128k`. */
export function inShort({ price, context }: KnownModel): string {
  const parts = [price && costs(price), context === undefined ? undefined : tokens(context)];
  return parts.filter((part) => part !== undefined).join(', ');
}

function costs(price: Price): string {
  if (price.free) return 'free';
  return `${perMillion(price.input)} in, ${perMillion(price.output)} out per million tokens`;
}

/** A model as a hover shows it, in Markdown. */
export function atLength(model: KnownModel): string {
  const { provider, id, price, context, maxOutput } = model;
  const rows = [
    ...(price === undefined ? [] : rowsOf(price)),
    ['Context', context === undefined ? undefined : `${context.toLocaleString('en')} tokens`],
    ['Longest answer', maxOutput === undefined ? undefined : `${maxOutput.toLocaleString('en')} tokens`],
  ].filter(([, value]) => value !== undefined);
  const table =
    rows.length === 0 ? [] : ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
  const head = `**${provider.title}** \`${id}\``;
  return [head, '', ...table, '', sourceOf(price)].join('\n');
}

function rowsOf(price: Price): readonly (readonly [string, string | undefined])[] {
  if (price.free) return [['Price', 'free']];
  const kinds: readonly (readonly [string, keyof Rates])[] = [
    ['Input', 'input'],
    ['Output', 'output'],
    ['Read from the cache', 'cacheRead'],
    ['Written to the cache', 'cacheWrite'],
    ['Written for an hour', 'cacheWrite1h'],
    ['Thoughts', 'reasoning'],
  ];
  const rows = kinds.map(([name, kind]) => {
    const rate = price[kind];
    return [name, rate === undefined ? undefined : `${perMillion(rate)} per million tokens`] as const;
  });
  const tiers = (price.tiers ?? []).map(
    (tier) => [`Above ${tokens(tier.above)}`, `${perMillion(tier.input)} in, ${perMillion(tier.output)} out`] as const,
  );
  return [...rows, ...tiers];
}

function sourceOf(price: Price | undefined): string {
  if (price === undefined) return 'No price is known. `general_settings.unknown_price` says what then counts.';
  const names: Record<Price['source'], string> = {
    config: 'this configuration',
    'genai-prices': 'genai-prices',
    litellm: "LiteLLM's price map",
    family: 'the dearest of its family',
  };
  const bundled = price.source === 'config' ? '' : ', as Purser came with it';
  const day = price.asOf === undefined ? bundled : `, as of ${price.asOf}`;
  return `_Price from ${names[price.source]}${day}${price.approximate ? ", the vendor's own" : ''}._`;
}
