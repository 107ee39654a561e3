import type { Hold } from '../budgets/budgets.ts';
import type { Failure } from '../chat/failure.ts';
import { noMoney, type NanoUsd } from '../chat/money.ts';
import type { AttemptRecord, CallStatus, CloseRecord } from '../ledger/records.ts';
import { priceRecord } from '../pricing/price.ts';
import { costOfAttempt, nothingCost, totalOf, type Cost } from './attempt-cost.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { meter, type Meter } from './meter.ts';
import type { Ports } from './ports.ts';

/** One way of serving a call, and what is known of its cost. */
export interface Attempt {
  readonly deployment: Deployment;
  /** The price that the hold was reckoned with, which is the one it is billed at. */
  readonly found: PriceFound;
  readonly hold: Hold;
  readonly meter: Meter;
  /** How far the request got: `unsent` and `refused` cost nothing, of `sent` nothing is known, `answering` is metered. */
  stage: 'unsent' | 'sent' | 'refused' | 'answering';
  /** Lets the meter see what was only passed on. */
  recount: () => void;
  failure?: Failure;
}

/** Whose bill it is. */
export interface Account {
  readonly call: Call;
  readonly group: string;
  readonly scopes: readonly string[];
}

/** A call's bill: one row, however many attempts it took and however it ended. */
export class Bill {
  readonly attempts: Attempt[] = [];
  readonly warnings: string[] = [];
  readonly #ports: Ports;
  readonly #account: Account;
  #firstTokenMs: number | null = null;
  #settled: Promise<NanoUsd | null> | undefined;

  constructor(ports: Ports, account: Account) {
    this.#ports = ports;
    this.#account = account;
  }

  /** Journals the attempt before its request goes out; throws `ledger-unavailable`, and then there was none. */
  begin(deployment: Deployment, found: PriceFound, hold: Hold): Attempt {
    const attempt: Attempt = { deployment, found, hold, meter: meter(), stage: 'unsent', recount: () => undefined };
    this.attempts.push(attempt);
    try {
      this.#ports.books.open({ type: 'open', ...this.#head(attempt), hold: hold.amount });
    } catch (error) {
      this.attempts.pop();
      throw error;
    }
    return attempt;
  }

  firstToken(): void {
    this.#firstTokenMs ??= this.#elapsed();
  }

  /** Books the row. The first time counts; resolves with the cost when the row is in the journal. */
  settle(status: CallStatus, failure?: Failure): Promise<NanoUsd | null> {
    return (this.#settled ??= this.#close(status, failure));
  }

  async #close(status: CallStatus, failure: Failure | undefined): Promise<NanoUsd | null> {
    const last = this.attempts.at(-1);
    if (last === undefined) return noMoney; // nothing was admitted, so there is nothing to book
    const costs: Cost[] = [];
    for (const attempt of this.attempts) costs.push(await costOfAttempt(this.#ports, this.#account.call, attempt));
    const record: CloseRecord = {
      type: 'close',
      ...this.#head(last),
      status,
      failure: failure?.kind ?? null,
      ...totalOf(costs),
      price: priceOf(last, costs.at(-1)),
      firstTokenMs: this.#firstTokenMs,
      totalMs: this.#elapsed(),
      outputLimit: last.hold.outputLimit ?? null,
      attempts: this.attempts.map((attempt, index) => attemptRecord(attempt, costs[index] ?? nothingCost)),
      warnings: this.warnings,
    };
    this.#ports.books.close(record);
    return record.cost;
  }

  #head({ deployment }: Attempt) {
    const { call, group, scopes } = this.#account;
    return {
      call: call.id,
      // The cost counts in the windows of the instant in which the money was first set aside.
      at: this.attempts[0]?.hold.at ?? this.#ports.clock.now(),
      key: call.caller.id,
      ...call.attribution,
      scopes,
      group,
      model: deployment.model,
      provider: deployment.provider.name,
      account: deployment.account,
      deployment: deployment.id,
      dialect: call.client.name,
      stream: call.outline.stream,
      assistant: call.assistant,
      session: call.session,
    };
  }

  /** Milliseconds since the call came, to the microsecond. */
  #elapsed(): number {
    return Math.round((this.#ports.clock.monotonic() - this.#account.call.started) * 1000) / 1000;
  }
}

function priceOf({ found: { price } }: Attempt, cost: Cost | undefined) {
  return price === undefined ? null : priceRecord(price, cost?.usage ?? undefined);
}

const attemptRecord = ({ deployment, failure }: Attempt, { cost }: Cost): AttemptRecord => ({
  deployment: deployment.id,
  model: `${deployment.provider.name}/${deployment.model}`,
  ...(failure === undefined ? {} : { failure: `${failure.kind}: ${failure.message}`.slice(0, 300) }),
  ...(cost === null || cost === 0 ? {} : { cost }),
});
