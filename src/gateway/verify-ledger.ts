import { readdirSync } from 'node:fs';
import { Budgets, type BudgetSettings } from '../budgets/budgets.ts';
import { formatDollars, type NanoUsd } from '../chat/money.ts';
import { loadCheckpoint } from '../ledger/checkpoint.ts';
import { openFolderLedger } from '../ledger/folder-ledger.ts';
import { checkedGenerations, checkpoints, snapshots } from '../ledger/generations.ts';
import { journalParts, journalReader, tornLine } from '../ledger/journal-reader.ts';
import type { Ledger, Sum } from '../ledger/ledger.ts';
import { objectIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';

export interface Verifying {
  readonly folder: string;
  readonly wasm: string;
  readonly settings: BudgetSettings;
  readonly clock: Clock;
  /** A gateway writes there: its last line may be under way, and counters run on while they are read. */
  readonly isInUse: boolean;
}

export interface Verified {
  /** What was looked at and found in order, in sentences. */
  readonly facts: readonly string[];
  /** What is damaged or does not agree, each with its place. */
  readonly faults: readonly string[];
}

/** Reads all that lasts of a gateway and compares what stands in several places. Changes nothing. */
export async function verifyLedger(asked: Verifying): Promise<Verified> {
  const facts: string[] = [];
  const faults: string[] = [];
  checkFiles(asked.folder, facts, faults);
  checkJournal(asked, facts, faults);
  // A damaged checkpoint or snapshot would be set aside by reading on.
  if (faults.length > 0) return { facts, faults };
  const opened = await openFolderLedger(asked);
  try {
    await opened.catchUp(Infinity);
    await compareSums(opened.ledger, faults);
    const all = totalOf(await opened.ledger.sums('key', {}));
    facts.push(`${all.calls.toLocaleString('en-US')} calls cost ${formatDollars(all.cost as NanoUsd)}`);
    const counted = countedByBudgets(asked);
    if (counted !== all.cost && !asked.isInUse)
      faults.push(`budgets count ${nano(counted)} for the whole gateway, its rows cost ${nano(all.cost)}`);
  } finally {
    await opened.ledger.close();
  }
  return { facts, faults };
}

function checkFiles(folder: string, facts: string[], faults: string[]): void {
  for (const { file, isWhole } of [checkpoints(folder), snapshots(folder)].flatMap(checkedGenerations)) {
    if (isWhole) facts.push(`${file} is whole`);
    else
      faults.push(`${file} is damaged: a start sets it aside and uses the one before it, and the journal after that`);
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.damaged')))
    facts.push(`${file} was damaged and set aside at an earlier start; it is not used and can be deleted`);
}

function checkJournal({ folder, isInUse }: Verifying, facts: string[], faults: string[]): void {
  const parts = journalParts(folder);
  const first = parts[0]?.first ?? 1;
  const reader = journalReader(folder, first - 1);
  let records = 0;
  for (const _ of reader.read(Infinity)) records += 1;
  faults.push(...reader.faults, ...(isInUse ? [] : tornLine(reader)));
  const range = records === 0 ? '' : `, ${first} to ${reader.last()}`;
  facts.push(`the journal has ${records.toLocaleString('en-US')} records in ${parts.length} files${range}`);
}

/** Of which cost a call was, rows alone can tell. */
const fromRows = { minCost: Number.MIN_SAFE_INTEGER };

/** Every figure stands in several sums: by quarters of an hour, by days, and as far as they are kept in the rows, by sessions too. */
async function compareSums(ledger: Ledger, faults: string[]): Promise<void> {
  const days = await ledger.sums('day', {});
  const hours = await ledger.sums('hour', {});
  const rows = await ledger.sums('key', fromRows);
  const sessions = totalOf(await ledger.sums('session', {}));
  const oldest = (await ledger.rows({ limit: 1, offset: Math.max(0, (await ledger.count({})) - 1) }))[0];
  const since = Number(oldest?.['at'] ?? 0);
  for (const day of days) {
    const ofHours = totalOf(hours.filter(({ name }) => name?.startsWith(day.name ?? '')));
    if (ofHours.calls > 0 && !isSame(ofHours, day))
      faults.push(`${day.name ?? ''}: its sum is ${told(day)}, that of its hours ${told(ofHours)}`);
  }
  const kept = totalOf(rows);
  if (!isSame(kept, sessions))
    faults.push(`the rows come to ${told(kept)}, the sums of their sessions to ${told(sessions)}`);
  const summed = totalOf(await ledger.sums('key', { since }));
  if (!isSame(kept, summed))
    faults.push(`the rows come to ${told(kept)}, the sums of the same time to ${told(summed)}`);
}

interface Total {
  readonly cost: number;
  readonly calls: number;
}

const totalOf = (sums: readonly Sum[]): Total => ({
  cost: sums.reduce((all, { cost }) => all + cost, 0),
  calls: sums.reduce((all, { calls }) => all + calls, 0),
});
const isSame = (a: Total, b: Total): boolean => a.cost === b.cost && a.calls === b.calls;
const nano = (amount: number): string => `${amount.toLocaleString('en-US')} nano-dollars`;
const told = ({ cost, calls }: Total): string => `${nano(cost)} in ${calls.toLocaleString('en-US')} calls`;

/** What the counters that budgets are enforced by make of checkpoint and journal. */
function countedByBudgets({ folder, clock, settings }: Verifying): number {
  const { seq, state } = loadCheckpoint(folder);
  const budgets = new Budgets(clock, settings);
  const saved = objectIn(state)['budgets'];
  if (saved !== undefined) budgets.restore(saved);
  for (const { record } of journalReader(folder, seq).read(Infinity)) budgets.apply(record);
  return budgets.spend('gateway', null).total;
}
