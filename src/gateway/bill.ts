import type { Hold } from '../budgets/budgets.ts';
import type { Usage } from '../chat/chat.ts';
import { noUsage } from '../chat/chat.ts';
import type { Failure } from '../chat/failure.ts';
import { noMoney, nanoUsd, type NanoUsd } from '../chat/money.ts';
import type { AttemptRecord, CallStatus, CloseRecord, CostSource } from '../ledger/records.ts';
import { costOf } from '../pricing/cost.ts';
import { priceRecord } from '../pricing/price.ts';
import type { Call } from './call.ts';
import type { Deployment, PriceFound } from './catalog.ts';
import { countInput, countOutput } from './count.ts';
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

/** A call's bill: one row, however many attempts it took and however it ended. */
export interface Bill {
  /** Journals the attempt before its request goes out; throws `ledger-unavailable`. */
  begin(deployment: Deployment, found: PriceFound, hold: Hold): Attempt;
  readonly attempts: readonly Attempt[];
  firstToken(): void;
  /** Books the row. The first time counts; resolves with the cost when the row is in the journal. */
  settle(status: CallStatus, failure?: Failure): Promise<NanoUsd | null>;
  readonly warnings: string[];
}

interface Cost {
  readonly cost: NanoUsd | null;
  readonly source: CostSource;
  readonly upperBound: boolean;
  readonly usage: Usage | null;
}

const free: Cost = { cost: noMoney, source: 'computed', upperBound: false, usage: null };

export function openBill(ports: Ports, call: Call, group: string, scopes: readonly string[]): Bill {
  const attempts: Attempt[] = [];
  const warnings: string[] = [];
  let firstTokenMs: number | null = null;
  let settled: Promise<NanoUsd | null> | undefined;

  const elapsed = (): number => Math.round((ports.clock.monotonic() - call.started) * 1000) / 1000;
  const head = ({ deployment }: Attempt) => ({
    call: call.id,
    at: attempts[0]?.hold.at ?? ports.clock.now(),
    key: call.caller.id,
    project: call.caller.project,
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
  });
  const close = async (status: CallStatus, failure: Failure | undefined): Promise<NanoUsd | null> => {
    const last = attempts.at(-1);
    if (last === undefined) return noMoney; // nothing was admitted, so there is nothing to book
    const costs: Cost[] = [];
    for (const attempt of attempts) costs.push(await costOfAttempt(ports, call, attempt));
    const record: CloseRecord = {
      type: 'close',
      ...head(last),
      status,
      failure: failure?.kind ?? null,
      ...total(costs),
      price: priceOf(last),
      firstTokenMs,
      totalMs: elapsed(),
      outputLimit: last.hold.outputLimit ?? null,
      attempts: attempts.map((attempt, index) => attemptRecord(attempt, costs[index] ?? free)),
      warnings,
    };
    ports.books.close(record);
    return record.cost;
  };
  return {
    attempts,
    warnings,
    begin(deployment, found, hold) {
      const attempt: Attempt = { deployment, found, hold, meter: meter(), stage: 'unsent', recount: () => undefined };
      attempts.push(attempt);
      try {
        ports.books.open({ type: 'open', ...head(attempt), hold: hold.amount });
      } catch (error) {
        attempts.pop();
        throw error;
      }
      return attempt;
    },
    firstToken() {
      firstTokenMs ??= elapsed();
    },
    settle: (status, failure) => (settled ??= close(status, failure)),
  };
}

/** What one attempt cost, as far as anyone can know: reported, computed from usage, counted here, or at most its hold. */
async function costOfAttempt(ports: Ports, call: Call, attempt: Attempt): Promise<Cost> {
  const { meter, hold } = attempt;
  if (attempt.stage === 'unsent' || attempt.stage === 'refused') return free;
  if (attempt.stage === 'sent') return { cost: hold.amount, source: 'estimated', upperBound: true, usage: null };
  if (meter.finished && meter.usage) return priced(attempt, meter.usage, 'computed');
  attempt.recount();
  if (meter.finished && meter.usage) return priced(attempt, meter.usage, 'computed');
  const output = await countOutput(ports, meter.text, attempt.deployment.model);
  // What was said of the input at the start holds, also for an answer that was cut short.
  const known = meter.usage ?? { ...noUsage, input: await countInput(ports, call) };
  const counted = priced(attempt, { ...known, output: Math.max(known.output, output) }, 'estimated');
  return counted.cost !== null && counted.cost > hold.amount ? { ...counted, cost: hold.amount } : counted;
}

function priced({ found }: Attempt, usage: Usage, source: CostSource): Cost {
  if (usage.reported !== undefined) return { cost: usage.reported, source: 'reported', upperBound: false, usage };
  if (found.price === undefined) return { cost: null, source: 'unknown', upperBound: false, usage };
  return { cost: costOf(usage, found.price), source: found.assumed ? 'assumed' : source, upperBound: false, usage };
}

/** The row's cost is the sum of its attempts'; it is as sure as the least sure of them. */
function total(costs: readonly Cost[]): Cost {
  const last = costs.at(-1) ?? free;
  const known = costs.filter((one) => one.cost !== null);
  if (last.cost === null) return last;
  return {
    ...last,
    cost: nanoUsd(known.reduce((sum, one) => sum + (one.cost ?? 0), 0)),
    source: costs.find((one) => one.upperBound)?.source ?? last.source,
    upperBound: costs.some((one) => one.upperBound),
  };
}

function priceOf({ found: { price } }: Attempt) {
  return price === undefined ? null : priceRecord(price);
}

const attemptRecord = ({ deployment, failure }: Attempt, { cost }: Cost): AttemptRecord => ({
  deployment: deployment.id,
  model: `${deployment.provider.name}/${deployment.model}`,
  ...(failure === undefined ? {} : { failure: `${failure.kind}: ${failure.message}`.slice(0, 300) }),
  ...(cost === null || cost === 0 ? {} : { cost }),
});
