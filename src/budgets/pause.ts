import type { FollowedRecord, PauseRecord } from '../ledger/records.ts';
import { numberIn, type Json } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';

/**
 * Whether all spending is paused. `changed` gives the record of a change; nothing changes until that is in the journal
 * and comes back through `apply`, so that a pause outlives the process that was told of it.
 */
export class SpendingPause {
  readonly #clock: Clock;
  #since: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch; null: nothing is paused. */
  get since(): number | null {
    return this.#since;
  }

  /** Undefined where it is so already. */
  changed(on: boolean): PauseRecord | undefined {
    return on === (this.#since !== null) ? undefined : { type: 'pause', at: this.#clock.now(), on };
  }

  apply(record: FollowedRecord): void {
    if (record.type === 'pause') this.#since = record.on ? record.at : null;
  }

  /** For the checkpoint; it goes with the sequence number that the journal has in this tick. */
  snapshot(): Json {
    return this.#since;
  }

  restore(json: Json): void {
    this.#since = numberIn(json) ?? null;
  }
}
