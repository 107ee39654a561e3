import { noUsage } from '../chat/chat.ts';
import type { Usage } from '../chat/chat.ts';
import type { NanoUsd } from '../chat/money.ts';
import { totalInput } from '../chat/usage.ts';
import { type Price, type Rates, type TieredRates, ratesFor, variantOf } from './price.ts';

/** What bounds a call before it is made. */
export interface Bounds {
  /** An upper bound of the whole input, tokens. */
  readonly inputTokens: number;
  /** The most that each answer may hold, tokens. */
  readonly outputTokens: number;
  readonly price: Price;
  /** How many answers are asked for; 1 if absent. */
  readonly choices?: number;
  /** How many web searches may be billed. */
  readonly searches?: number;
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
export function costOf({ billed, ...usage }: Usage, price: Price): NanoUsd {
  if (billed) return costOf({ ...usage, ...noUsage, ...billed }, price);
  const rates = ratesFor(price, totalInput(usage), usage.serviceTier);
  const audioInput = Math.min(usage.audioInput ?? 0, usage.input);
  const audioOutput = Math.min(usage.audioOutput ?? 0, usage.output);
  const reasoning = Math.min(usage.reasoning, usage.output - audioOutput);
  const pico =
    times(usage.input - audioInput, rates.input) +
    times(audioInput, rates.audioInput ?? rates.input) +
    times(usage.cacheRead, cacheReadRate(rates)) +
    times(usage.cacheWrite, cacheWriteRate(rates)) +
    times(usage.cacheWrite1h, cacheWrite1hRate(rates)) +
    times(usage.output - audioOutput - reasoning, rates.output) +
    times(reasoning, rates.reasoning ?? rates.output) +
    times(audioOutput, rates.audioOutput ?? rates.output) +
    charges(price, usage.searches);
  return Number((pico + 500n) / 1000n) as NanoUsd;
}

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
const cacheWriteRate = (rates: Rates): number => rates.cacheWrite ?? rates.input;
const cacheWrite1hRate = (rates: Rates): number => rates.cacheWrite1h ?? cacheWriteRate(rates);

/** For each tier that the input can reach: what is spent whatever the answer's length, pico-dollars, and for each of its tokens. */
function linesOf(
  bounds: Omit<Bounds, 'outputTokens'>,
): readonly { readonly fixed: bigint; readonly perOutput: number }[] {
  const { price, inputTokens } = bounds;
  const variants: readonly TieredRates[] = [...new Set([price, variantOf(price, bounds.serviceTier)])];
  const reachable = variants.flatMap((variant) => [
    variant,
    ...(variant.tiers ?? []).filter((tier) => inputTokens > tier.above),
  ]);
  const charged = charges(price, bounds.searches);
  return reachable.map((rates) => ({
    fixed: times(inputTokens, dearestInput(rates, bounds)) + charged,
    perOutput: dearestOutput(rates, bounds) * (bounds.choices ?? 1),
  }));
}

function dearestInput(rates: Rates, { price, caches, audio }: Omit<Bounds, 'outputTokens'>): number {
  const asked = caches ? Math.max(cacheWriteRate(rates), cacheWrite1hRate(rates)) : 0;
  const unasked = price.cachesUnasked ? cacheWriteRate(rates) : 0;
  return Math.max(rates.input, asked, unasked, audio ? (rates.audioInput ?? 0) : 0);
}

const dearestOutput = (rates: Rates, { audio }: Omit<Bounds, 'outputTokens'>): number =>
  Math.max(rates.output, rates.reasoning ?? 0, audio ? (rates.audioOutput ?? 0) : 0);

const charges = (price: Price, searches = 0): bigint =>
  BigInt(price.request ?? 0) * 1000n + times(searches, price.search ?? 0) * 1000n;

/** Providers have been seen to report counts that are no counts; those are none, and a part of a token is a whole one. */
const times = (count: number, rate: number): bigint =>
  count > 0 && Number.isFinite(count) ? BigInt(Math.ceil(count)) * BigInt(rate) : 0n;

const roundedUp = (pico: bigint): bigint => (pico + 999n) / 1000n;
const largest = (values: readonly bigint[]): bigint =>
  values.reduce((most, value) => (value > most ? value : most), 0n);
