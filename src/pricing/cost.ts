import { noUsage } from '../chat/chat.ts';
import type { Usage } from '../chat/chat.ts';
import type { NanoUsd } from '../chat/money.ts';
import { totalInput } from '../chat/usage.ts';
import { type Price, pieceKinds, pieces, type Rates, soldBy, type TieredRates, ratesFor, variantOf } from './price.ts';

/** Of what is billed by the piece: web searches, seconds of sound, characters spoken, pictures, … */
export type Pieces = Pick<Usage, (typeof pieces)[keyof typeof pieces]>;

/** What bounds a call before it is made. */
export interface Bounds {
  /** An upper bound of the whole input, tokens. */
  readonly inputTokens: number;
  /** The most that each answer may hold, tokens. */
  readonly outputTokens: number;
  readonly price: Price;
  /** How many answers are asked for; 1 if absent. */
  readonly choices?: number;
  /** How many pieces may be billed. */
  readonly pieces?: Pieces;
  /** Whether the prompt carries cache marks, so that a dearer cache write may be billed. */
  readonly caches?: boolean;
  /** Whether sound goes in or may come out. */
  readonly audio?: boolean;
  /** The service tier that is asked for; the provider may fall back to its usual one. */
  readonly serviceTier?: string;
}

// Sums are pico-dollars in BigInt: ten million tokens at $1,000 per million already pass 2^53, and a configured price
// may be anything. A row takes a few of these operations, once.

/** What a call cost: exact, and rounded once. */
export const costOf = (usage: Usage, price: Price): NanoUsd =>
  costOfBilled(usage.billed === undefined ? usage : { ...usage, ...noUsage, ...usage.billed }, price);

function costOfBilled(usage: Usage, price: Price): NanoUsd {
  const rates = ratesFor(price, totalInput(usage), usage.serviceTier);
  return Number((tokensCost(usage, rates, price.image) + piecesCost(usage, price) + 500n) / 1000n) as NanoUsd;
}

/** The shares of input and output are billed at their own rates, and the rest at the usual ones. */
function tokensCost(usage: Usage, rates: Rates, image: number | undefined): bigint {
  const audioInput = Math.min(usage.audioInput ?? 0, usage.input);
  const imageInput = Math.min(usage.imageInput ?? 0, usage.input - audioInput);
  const audioCacheRead = Math.min(usage.audioCacheRead ?? 0, usage.cacheRead);
  // A price for each picture stands for its tokens, which were only estimated.
  const output = usage.images && image !== undefined ? 0 : usage.output;
  const audioOutput = Math.min(usage.audioOutput ?? 0, output);
  const imageOutput = Math.min(usage.imageOutput ?? 0, output - audioOutput);
  const reasoning = Math.min(usage.reasoning, output - audioOutput - imageOutput);
  return (
    times(usage.input - audioInput - imageInput, rates.input) +
    times(audioInput, rates.audioInput ?? rates.input) +
    times(imageInput, rates.imageInput ?? rates.input) +
    times(usage.cacheRead - audioCacheRead, cacheReadRate(rates)) +
    times(audioCacheRead, audioCacheReadRate(rates)) +
    times(usage.cacheWrite, cacheWriteRate(rates)) +
    times(usage.cacheWrite1h, cacheWrite1hRate(rates)) +
    times(output - audioOutput - imageOutput - reasoning, rates.output) +
    times(reasoning, rates.reasoning ?? rates.output) +
    times(audioOutput, rates.audioOutput ?? rates.output) +
    times(imageOutput, rates.imageOutput ?? rates.output)
  );
}

/** Whether the usage tells what this price is asked by: for a model that is sold by the second, tokens are not it. */
export const isTold = (usage: Usage, price: Price): boolean => {
  const sold = soldBy.filter((kind) => price[kind] !== undefined);
  if (sold.length === 0 || price.input > 0 || price.output > 0) return true;
  return sold.some((kind) => usage[pieces[kind]] !== undefined);
};

/** The dearest that any usage within these bounds can cost. */
export const worstCase = (bounds: Bounds): NanoUsd =>
  bounds.price.free
    ? (0 as NanoUsd)
    : (Number(
        largest(
          linesOf(bounds).map(({ fixed, perOutput }) => roundedUp(fixed + times(bounds.outputTokens, perOutput))),
        ),
      ) as NanoUsd);

/** The most output tokens of each answer that `left` pays for in the worst case; negative when it does not even pay for the input. */
export function affordableOutput(left: NanoUsd, bounds: Omit<Bounds, 'outputTokens'>): number {
  const counts = linesOf(bounds).map(({ fixed, perOutput }) => {
    const rest = BigInt(Math.floor(left)) * 1000n - fixed;
    if (rest < 0n) return -1;
    return perOutput === 0 ? Infinity : Number(rest / BigInt(perOutput));
  });
  return Math.min(...counts);
}

/** A cache read never costs more than reading afresh would: no provider bills it so, whatever a table says. */
const cacheReadRate = (rates: Rates): number => Math.min(rates.cacheRead ?? rates.input, rates.input);
const audioCacheReadRate = (rates: Rates): number =>
  Math.min(rates.audioCacheRead ?? cacheReadRate(rates), rates.audioInput ?? rates.input);
const cacheWriteRate = (rates: Rates): number => rates.cacheWrite ?? rates.input;
const cacheWrite1hRate = (rates: Rates): number => rates.cacheWrite1h ?? cacheWriteRate(rates);

/** For each tier that the input can reach: what is spent whatever the answer's length, pico-dollars, and for each of its tokens. */
function linesOf(
  bounds: Omit<Bounds, 'outputTokens'>,
): readonly { readonly fixed: bigint; readonly perOutput: number }[] {
  const { price, inputTokens } = bounds;
  const charged = piecesCost(bounds.pieces ?? {}, price);
  const lineOf = (rates: Rates) => ({
    fixed: times(inputTokens, dearestInput(rates, bounds)) + charged,
    perOutput: dearestOutput(rates, bounds) * (bounds.choices ?? 1),
  });
  const linesIn = (variant: TieredRates) => [
    lineOf(variant),
    ...(variant.tiers ?? []).filter((tier) => inputTokens > tier.above).map(lineOf),
  ];
  const variant = variantOf(price, bounds.serviceTier);
  return variant === price ? linesIn(price) : [...linesIn(price), ...linesIn(variant)];
}

function dearestInput(rates: Rates, { price, caches, audio }: Omit<Bounds, 'outputTokens'>): number {
  const asked = caches ? Math.max(cacheWriteRate(rates), cacheWrite1hRate(rates)) : 0;
  const unasked = price.cachesUnasked ? cacheWriteRate(rates) : 0;
  const sound = audio ? (rates.audioInput ?? 0) : 0;
  return Math.max(rates.input, asked, unasked, rates.imageInput ?? 0, sound);
}

const dearestOutput = (rates: Rates, { audio }: Omit<Bounds, 'outputTokens'>): number =>
  Math.max(rates.output, rates.reasoning ?? 0, rates.imageOutput ?? 0, audio ? (rates.audioOutput ?? 0) : 0);

/** The request itself, and what is billed by the piece besides. */
function piecesCost(counts: Pieces, price: Price): bigint {
  let pico = BigInt(price.request ?? 0);
  for (const kind of pieceKinds) {
    const rate = price[kind];
    // Seconds come in fractions: a thousandth of a piece is the least that is billed.
    if (rate !== undefined) pico += times(Math.round((counts[pieces[kind]] ?? 0) * 1000), rate) / 1000n;
  }
  return pico;
}

/** Providers have been seen to report counts that are no counts; those are none, and a part of a token is a whole one. */
const times = (count: number, rate: number): bigint =>
  count > 0 && Number.isFinite(count) ? BigInt(Math.ceil(count)) * BigInt(rate) : 0n;

const roundedUp = (pico: bigint): bigint => (pico + 999n) / 1000n;
const largest = (values: readonly bigint[]): bigint =>
  values.reduce((most, value) => (value > most ? value : most), 0n);
