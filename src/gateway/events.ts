import type { NanoUsd } from '../chat/money.ts';
import type { Clock } from '../lib/time.ts';

/** How far a budget is used in its window. Amounts are nano-dollars, times milliseconds since the epoch. */
interface BudgetUse {
  /** `key:<id>`, `project:<id>`, `account:<name>`, ..., `gateway`. */
  readonly scope: string;
  /** Whose it is, as messages name it: `key "alpha" (sk-...abcd)`. */
  readonly title: string;
  readonly spent: NanoUsd;
  readonly max: NanoUsd;
  /** `1d`, `30d`, ...; null: never reset. */
  readonly duration: string | null;
  /** Null: never. */
  readonly resetsAt: number | null;
}

/** What an owner may want to be told of at once. */
export type GatewayEvent =
  /** A budget has passed 75, 90 or 100 %; once in its window. */
  | ({ readonly type: 'budget-threshold'; readonly percent: number } & BudgetUse)
  /** A budget has too little left to pay for a call, which was refused; once in its window. */
  | ({ readonly type: 'budget-refused' } & BudgetUse)
  /** What was spent has passed a budget that blocks nothing; once in its window. */
  | ({ readonly type: 'soft-budget' } & BudgetUse)
  /** A key spends far faster than it does otherwise, or asks the same thing again and again. */
  | {
      readonly type: 'runaway';
      /** The key's id, or `admin`. */
      readonly key: string;
      readonly title: string;
      readonly why: 'spend-rate' | 'repetition';
      readonly paused: boolean;
      /** A whole sentence for a person. */
      readonly message: string;
    }
  /** A provider account is left alone for a while. */
  | {
      readonly type: 'account-cooling';
      readonly account: string;
      readonly until: number;
      /** The kind of the failure that did it. */
      readonly failure: string;
      readonly message: string;
    }
  | {
      readonly type: 'deployment-cooling';
      readonly deployment: string;
      readonly group: string;
      readonly until: number;
      readonly failure: string;
      readonly message: string;
    };

/** An event with its number and time. */
export type Raised = GatewayEvent & {
  /** Rises with each event, and over restarts too. */
  readonly id: number;
  readonly at: number;
};

/** The newest events, in memory: what must last is in the ledger. */
export interface Events {
  readonly raise: (event: GatewayEvent) => void;
  /** Those with a higher number, oldest first; all there are for 0. */
  readonly since: (id: number) => readonly Raised[];
  /** Whether this notice has not been claimed before: of several windows that know of an event one is to show it. */
  readonly claim: (notice: string) => boolean;
}

export function newestEvents(clock: Clock, most = 500): Events {
  const kept: Raised[] = [];
  const claimed = new Set<string>();
  let last = clock.now();
  return {
    raise(event) {
      kept.push({ ...event, id: (last += 1), at: clock.now() });
      if (kept.length > most) kept.shift();
    },
    since: (id) => kept.filter((one) => one.id > id),
    claim(notice) {
      if (claimed.has(notice)) return false;
      claimed.add(notice);
      const [oldest] = claimed;
      if (claimed.size > most && oldest !== undefined) claimed.delete(oldest);
      return true;
    },
  };
}
