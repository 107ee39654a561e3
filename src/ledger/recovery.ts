import { noMoney, type NanoUsd } from '../chat/money.ts';
import { haveSameScopes } from './charges.ts';
import { openIn, type Opened } from './brief-lines.ts';
import type { Numbered } from './journal-line.ts';
import type { AttemptRecord, CloseRecord, FollowedRecord, OpenRecord, ReleaseRecord } from './records.ts';

/** Which calls are under way, by the journal: opened and not closed. */
export interface OpenCalls {
  see(record: FollowedRecord): void;
  /** Their open records, one for each attempt, in order. */
  all(): readonly OpenRecord[];
}

/** `opens` are those of calls that were under way before. */
export function openCalls(opens: readonly OpenRecord[] = []): OpenCalls {
  const attempts = byCall(opens);
  return {
    see(record) {
      if (record.type === 'close') attempts.delete(record.call);
      else if (record.type === 'open') addTo(attempts, record);
      else if (record.type === 'release') release(attempts.get(record.call) ?? [], record);
    },
    all: () => [...attempts.values()].flat(),
  };
}

/**
 * Leaves out what was opened and closed: together they hold nothing. What stays open comes when all else has been seen,
 * or before what gives some of it back.
 */
export function* withoutSettled(
  records: Iterable<Numbered<FollowedRecord | Opened>>,
): Generator<Numbered<FollowedRecord>> {
  const opened = new Map<string, Numbered<Opened>[]>();
  for (const { seq, record } of records) {
    if (record.type === 'opened') {
      const attempts = opened.get(record.call);
      if (attempts === undefined) opened.set(record.call, [{ seq, record }]);
      else attempts.push({ seq, record });
      continue;
    }
    if (record.type === 'release') yield* opensOf(opened.get(record.call) ?? []);
    if (record.type === 'release' || record.type === 'close') opened.delete(record.call);
    yield { seq, record };
  }
  for (const attempts of opened.values()) yield* opensOf(attempts);
}

function* opensOf(opened: readonly Numbered<Opened>[]): Generator<Numbered<OpenRecord>> {
  for (const { seq, record } of opened) {
    const open = openIn(record);
    if (open !== undefined) yield { seq, record: open };
  }
}

/**
 * The rows of calls that a crash interrupted; `at` is when that was found. What they cost is not known, so each is
 * booked at all that was held for it.
 */
export const interrupted = (opens: readonly OpenRecord[], at: number): CloseRecord[] =>
  [...byCall(opens).values()].map((attempts) => interruptedCall(attempts, at));

/** The attempts of one call. */
type Attempts = [OpenRecord, ...OpenRecord[]];

function byCall(opens: readonly OpenRecord[]): Map<string, Attempts> {
  const attempts = new Map<string, Attempts>();
  for (const open of opens) addTo(attempts, open);
  return attempts;
}

function addTo(attempts: Map<string, Attempts>, open: OpenRecord): void {
  const known = attempts.get(open.call);
  if (known) known.push(open);
  else attempts.set(open.call, [open]);
}

/** What was given back holds nothing any more. */
function release(attempts: OpenRecord[], { at, hold, scopes }: ReleaseRecord): void {
  const place = attempts.findIndex(
    (open) => open.at === at && open.hold === hold && haveSameScopes(open.scopes, scopes),
  );
  const open = attempts[place];
  if (open !== undefined) attempts[place] = { ...open, hold: noMoney };
}

function interruptedCall(attempts: Attempts, at: number): CloseRecord {
  const [first] = attempts;
  const last = attempts.at(-1) ?? first;
  return {
    type: 'close',
    call: last.call,
    at: first.at,
    key: last.key,
    project: last.project,
    evidence: last.evidence,
    scopes: last.scopes,
    group: last.group,
    model: last.model,
    provider: last.provider,
    account: last.account,
    deployment: last.deployment,
    dialect: last.dialect,
    stream: last.stream,
    assistant: last.assistant,
    session: last.session,
    status: 'interrupted',
    failure: null,
    usage: null,
    cost: attempts.reduce((sum, { hold }) => sum + hold, 0) as NanoUsd,
    source: 'estimated',
    upperBound: true,
    price: null,
    firstTokenMs: null,
    totalMs: Math.max(0, at - first.at),
    outputLimit: null,
    attempts: attempts.map((attempt) => interruptedAttempt(attempt, first, last)),
    warnings: ['The gateway stopped during this call. Its cost is the most it can have been.'],
  };
}

function interruptedAttempt(open: OpenRecord, first: OpenRecord, last: OpenRecord): AttemptRecord {
  const { at, deployment, model, hold, scopes } = open;
  const attempt = { deployment, model, failure: 'interrupted', cost: hold, ...(at === first.at ? {} : { at }) };
  return haveSameScopes(scopes, last.scopes) ? attempt : { ...attempt, scopes };
}
