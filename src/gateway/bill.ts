import type { Hold } from '../budgets/budgets.ts';
import type { Admission } from '../budgets/rates.ts';
import type { Failure } from '../chat/failure.ts';
import { nanoUsd, noMoney, type NanoUsd } from '../chat/money.ts';
import { totalTokens } from '../chat/usage.ts';
import { chargesOf, haveSameScopes, type Charge } from '../ledger/charges.ts';
import type { AttemptReason, AttemptRecord, CallStatus, CloseRecord } from '../ledger/records.ts';
import { priceRecord } from '../pricing/price.ts';
import { costOfAttempt, nothingCost, totalOf, type Cost } from './attempt-cost.ts';
import { tellOfBudgets } from './budget-events.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { meter, type Meter } from './meter.ts';
import type { Ports } from './ports.ts';
import type { Scopes } from './serving.ts';

/** One way of serving a call, and what is known of its cost. */
export interface Attempt {
  readonly deployment: Deployment;
  /** The price that the hold was reckoned with, which is the one it is billed at. */
  readonly found: PriceFound;
  readonly hold: Hold;
  readonly meter: Meter;
  /** Its place at a deployment that has limits of its own. */
  place?: Admission | undefined;
  /** What of the hold is for what no limit can bound. */
  extra?: NanoUsd;
  /** How far the request got: `unsent` and `refused` cost nothing, of `sent` nothing is known, `answering` is metered. */
  stage: 'unsent' | 'sent' | 'refused' | 'answering';
  /** Lets the meter see what was only passed on. */
  recount: () => void;
  failure?: Failure;
  /** Why it was made; nothing for the first choice. */
  reason?: AttemptReason;
  /** The public name it was for, where that is not the one asked for. */
  group?: string;
}

/** Whose bill it is. */
export interface Account {
  readonly call: Call;
  readonly group: string;
  readonly scopes: Scopes;
}

/** A call's bill: one row, however many attempts it took and however it ended. */
export class Bill {
  readonly attempts: Attempt[] = [];
  readonly warnings: string[] = [];
  readonly #ports: Ports;
  readonly #account: Account;
  /** Answered from the gateway's own cache. */
  isCached = false;
  #firstTokenMs: number | null = null;
  #settled: Promise<NanoUsd | null> | undefined;

  constructor(ports: Ports, account: Account) {
    this.#ports = ports;
    this.#account = account;
  }

  /** Journals the attempt before its request goes out; throws `ledger-unavailable`, and then there was none. */
  begin(deployment: Deployment, found: PriceFound, hold: Hold): Attempt {
    const attempt: Attempt = { deployment, found, hold, meter: meter(), stage: 'unsent', recount: () => undefined };
    this.attempts.at(-1)?.place?.release(); // whoever tries again has done with it
    this.attempts.push(attempt);
    try {
      this.#ports.books.open({ type: 'open', ...this.#head(attempt), at: hold.at, hold: hold.amount });
    } catch (error) {
      this.attempts.pop();
      throw error;
    }
    return attempt;
  }

  /** Of an attempt that cost nothing. While the journal cannot be written it keeps its hold until the row. */
  giveBack({ hold }: Attempt): void {
    const { at, scopes, amount } = hold;
    try {
      if (amount > 0)
        this.#ports.books.release({ type: 'release', call: this.#account.call.id, at, scopes, hold: amount });
    } catch (error) {
      this.#ports.log.error(`an attempt of call ${this.#account.call.id} keeps its hold`, error);
      return;
    }
    hold.release();
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
    this.attempts.forEach((attempt, index) => this.#end(attempt, costs[index] ?? nothingCost));
    const { unbounded } = this.#account.call.outline;
    if (unbounded !== undefined && !this.isCached)
      this.warnings.push(`No limit could bound this call before it was made (${unbounded}), so it may exceed.`);
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
      ...(last.group === undefined || status !== 'done' ? {} : { served: last.group }),
      ...(this.isCached && { cached: true }),
      attempts: this.attempts.map((attempt, index) =>
        attemptRecord(attempt, costs[index] ?? nothingCost, this.attempts),
      ),
      warnings: this.warnings,
    };
    this.#ports.books.close(record);
    this.#tell(record);
    this.#ports.metrics.see(record);
    this.#ports.runaway.see(record, this.#account.call.body);
    return record.cost;
  }

  /** Gives its place back, and learns what no limit could bound. */
  #end({ place, deployment, hold, extra, stage }: Attempt, { cost, usage }: Cost): void {
    const { call } = this.#account;
    place?.correct(usage === null ? 0 : totalTokens(usage));
    place?.release();
    if (call.outline.unbounded === undefined || this.isCached) return;
    if (cost !== null && stage === 'answering')
      this.#ports.excess.learn(call, deployment, nanoUsd(Math.max(0, cost - hold.amount + (extra ?? 0))));
  }

  #tell(record: CloseRecord): void {
    if (this.#ports.books.waiting > 0) return; // nothing has been counted yet
    const [rest, ...apart] = chargesOf(record);
    const { soft } = this.#account.scopes;
    const limitsOf = ({ scopes }: Charge) =>
      this.attempts.find(({ hold }) => hold.scopes === scopes)?.hold.limits ?? [];
    for (const charge of [rest, ...apart])
      tellOfBudgets(this.#ports, { cost: charge.cost, at: charge.at, limits: limitsOf(charge), soft });
  }

  #head({ deployment, hold }: Attempt) {
    const { call, group } = this.#account;
    return {
      call: call.id,
      // A cost counts in the windows of the instant in which its money was set aside; the row is of the first such.
      at: this.attempts[0]?.hold.at ?? this.#ports.clock.now(),
      key: call.caller.id,
      ...call.attribution,
      scopes: hold.scopes,
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

const attemptRecord = (
  { deployment, failure, hold, reason, group }: Attempt,
  { cost }: Cost,
  all: readonly Attempt[],
): AttemptRecord => ({
  deployment: deployment.id,
  model: `${deployment.provider.name}/${deployment.model}`,
  ...(reason === undefined ? {} : { reason }),
  ...(group === undefined ? {} : { group }),
  ...(failure === undefined ? {} : { failure: `${failure.kind}: ${failure.message}`.slice(0, 300) }),
  ...(cost === null || cost === 0 ? {} : { cost, ...apartFrom(all, hold) }),
});

/** Where and when an attempt's cost counts, as far as that is not where and when the row's does. */
const apartFrom = (all: readonly Attempt[], { at, scopes }: Hold): Pick<AttemptRecord, 'at' | 'scopes'> => ({
  ...(haveSameScopes(scopes, all.at(-1)?.hold.scopes ?? scopes) ? {} : { scopes }),
  ...(at === all[0]?.hold.at ? {} : { at }),
});
