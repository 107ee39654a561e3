import type { Quote } from '../budgets/budgets.ts';
import { nanoUsd, type NanoUsd } from '../chat/money.ts';
import { affordableOutput, type Pieces, worstCase } from '../pricing/cost.ts';
import type { Price } from '../pricing/price.ts';

export interface Ask {
  /** An upper bound of the prompt, tokens. */
  readonly inputTokens: number;
  readonly price: Price | undefined;
  /** The client's own limit of the output, tokens. */
  readonly clientLimit: number | undefined;
  /** The most that the model can write, tokens; undefined when not known. */
  readonly modelLimit: number | undefined;
  readonly thinkingBudget: number | undefined;
  readonly choices: number;
  /** Whether the prompt carries cache marks, so that the dearer cache write may be billed. */
  readonly caches: boolean;
  /** What may be billed by the piece. */
  readonly pieces?: Pieces;
  /** The service tier that is asked for, where one is. */
  readonly serviceTier: string | undefined;
  /** A lowered limit below this is of no use, tokens. */
  readonly minUseful: number;
  /** What is held on top where no limit can bound the cost. */
  readonly extra: NanoUsd;
}

/** What a model of unknown maximum is taken to be able to write: more than any known model does at once. */
const assumedMaximum = 131_072;
/** A call without a limit of its own takes at most this, or a quarter of what is left. Tokens. */
const modestOutput = 4_096;

/**
 * How much to set aside, and how far the output must be limited for it, given what is left of the tightest budget.
 * The hold is never less than what the provider may bill: the input's bound, and the output it is allowed.
 */
export function quoteOf(ask: Ask): Quote {
  const { price, extra, clientLimit } = ask;
  if (price === undefined) return (left) => (extra > left ? undefined : { hold: extra });
  const bounds = {
    inputTokens: ask.inputTokens,
    price,
    ...(ask.pieces && { pieces: ask.pieces }),
    choices: ask.choices,
    caches: ask.caches,
    ...(ask.serviceTier !== undefined && { serviceTier: ask.serviceTier }),
  };
  const affordable = (money: number): number =>
    money === Infinity ? Infinity : affordableOutput((money - extra) as NanoUsd, bounds);
  const most = Math.min(clientLimit ?? Infinity, ask.modelLimit ?? assumedMaximum);
  const useful = Math.min(clientLimit ?? Infinity, ask.minUseful);

  return (left) => {
    // What a quarter of the money pays for in full is mostly the case, and is reckoned once.
    const whole = worstCase({ outputTokens: most, ...bounds }) + extra;
    if (whole <= left / 4 && most >= useful) return { hold: nanoUsd(whole) };
    const share = clientLimit === undefined ? Math.max(modestOutput, affordable(left / 4)) : Infinity;
    const allowed = Math.min(most, share, affordable(left));
    if (allowed < useful || (allowed < most && allowed <= (ask.thinkingBudget ?? 0))) return undefined;
    const hold = nanoUsd(worstCase({ outputTokens: allowed, ...bounds }) + extra);
    return allowed < most ? { hold, outputLimit: allowed } : { hold };
  };
}
