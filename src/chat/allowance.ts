import type { NanoUsd } from './money.ts';

/** How much may be spent in each window of a duration. */
export interface Allowance {
  readonly max: NanoUsd;
  /** `1d`, `30d`, `weekly`, ...; null: never reset. */
  readonly duration: string | null;
}
