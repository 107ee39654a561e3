import { type Price, rateKinds, type Rates, ratesFor } from './price.ts';

/** The kinds in which two sources put different prices on a model: more than they may differ by rounding. */
const differing = (one: Rates, other: Rates): readonly (keyof Rates)[] =>
  rateKinds.filter((kind) => {
    const [a, b] = [one[kind], other[kind]];
    return a !== undefined && b !== undefined && Math.abs(a - b) > Math.max(a, b) * rounding;
  });

/** Price lists have three figures or more. */
const rounding = 0.005;

/** A sentence where sources do not agree, with both prices; undefined where they do, or where there is only one. */
export function disagreement(quotes: readonly Price[]): string | undefined {
  const [first, ...others] = quotes;
  for (const other of first ? others : []) {
    const told =
      first && (toldApart(first, other, '') ?? toldApart(largest(first), largest(other), ' of a large prompt'));
    if (!first || told === undefined) continue;
    return (
      `${nameOf(first)} and ${nameOf(other)} do not agree: ${told}. The first is used; ` +
      "a price in the model's configuration decides otherwise."
    );
  }
  return undefined;
}

function toldApart(one: Rates, other: Rates, when: string): string | undefined {
  const kinds = differing(one, other);
  if (kinds.length === 0) return undefined;
  const told = kinds.map((kind) => `${words[kind] ?? kind} $${perMillion(one[kind])} and $${perMillion(other[kind])}`);
  return `${told.join(', ')} for a million tokens${when}`;
}

const largest = (price: Price): Rates => ratesFor(price, Infinity);

const words: Readonly<Partial<Record<keyof Rates, string>>> = {
  cacheRead: 'cache read',
  cacheWrite: 'cache write',
  cacheWrite1h: 'cache write for an hour',
  audioInput: 'sound',
  audioOutput: 'sound that is made',
  imageInput: 'pictures',
  imageOutput: 'pictures that are made',
};

const nameOf = ({ source, asOf }: Price): string => (asOf === undefined ? source : `${source} (${asOf})`);

/** Pico-dollars a token are millionths of dollars a million tokens. */
const perMillion = (pico = 0): string => String(Math.round(pico) / 1e6);
