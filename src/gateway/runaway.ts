import { formatDollars, nanoUsd, noMoney } from '../chat/money.ts';
import { titleOf, type VirtualKey } from '../keys/virtual-key.ts';
import type { CloseRecord } from '../ledger/records.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Ports } from './ports.ts';
import { endOf, repetitions } from './repetition.ts';
import { spendRates, type SpendAlarm } from './spend-rate.ts';

/** Watches for agents that have run away: those that spend far faster than usual, and those that ask the same again and again. */
export interface Runaway {
  /** Hears of every call that was booked, with its request. */
  see(row: CloseRecord, request: JsonObject): void;
}

export type RunawayPorts = Pick<Ports, 'clock' | 'config' | 'events' | 'keys' | 'books' | 'log'>;

/** What was noticed, and of whom. */
interface Notice {
  readonly why: 'spend-rate' | 'repetition';
  readonly title: string;
  readonly what: string;
}

export function runaway(ports: RunawayPorts): Runaway {
  const rates = spendRates();
  const repeated = repetitions();

  const rateNotice = ({ key, project, cost }: CloseRecord, now: number): Notice | undefined => {
    const { perMinute, factor } = ports.config().runaway;
    const bounds = { floor: nanoUsd(perMinute * 5), factor };
    const amount = cost ?? noMoney;
    // Both are counted, and only one is told: where it is the key, that says it all.
    const ofKey = rates.add(`key ${key}`, amount, now, bounds);
    const ofProject = project === null ? undefined : rates.add(`project ${project}`, amount, now, bounds);
    if (ofKey !== undefined) return { why: 'spend-rate', title: titleOfKey(ports, key), what: spentFast(ofKey) };
    if (ofProject === undefined) return undefined;
    return { why: 'spend-rate', title: `project "${project}"`, what: spentFast(ofProject) };
  };
  const repetitionNotice = (row: CloseRecord, request: JsonObject, now: number): Notice | undefined => {
    const { repeats } = ports.config().runaway;
    const end = repeats === 0 ? undefined : endOf(request);
    if (end === undefined || !repeated.add(`${row.key} ${row.session ?? ''}`, end, now, repeats)) return undefined;
    const who = [row.assistant, row.session === null ? undefined : `session ${row.session}`].filter(Boolean).join(', ');
    const what = `has asked ${row.group} the same thing ${repeats} times within 2 minutes${who && ` (${who})`}`;
    return { why: 'repetition', title: titleOfKey(ports, row.key), what };
  };
  return {
    see(row, request) {
      if (ports.config().runaway.action === 'off') return;
      const now = ports.clock.now();
      for (const notice of [rateNotice(row, now), repetitionNotice(row, request, now)]) {
        if (notice !== undefined) tell(ports, row.key, notice);
      }
    },
  };
}

const spentFast = ({ recent, usual }: SpendAlarm): string =>
  `has spent ${formatDollars(recent)} in the last 5 minutes` +
  (usual === 0 ? '' : `, where ${formatDollars(usual)} is usual`);

/** Raises the event, and pauses the key where the configuration says so. A project's many keys are not paused for each other. */
function tell(ports: RunawayPorts, id: string, { why, title, what }: Notice): void {
  const key = ports.keys.get(id);
  const isPaused = ports.config().runaway.action === 'pause' && key !== undefined && title === titleOf(key);
  const message = `${title[0]?.toUpperCase()}${title.slice(1)} ${what}.`;
  if (isPaused) pause(ports, key, what);
  const outcome = isPaused ? ' It is paused; POST /key/unblock lets it go on.' : '';
  ports.log.warn(message + outcome);
  ports.events.raise({ type: 'runaway', key: id, title, why, paused: isPaused, message: message + outcome });
}

function pause({ books, keys, clock, log }: RunawayPorts, key: VirtualKey, why: string): void {
  const change = keys.changed(key.id, { blocked: true, pause: { at: clock.now(), why } });
  books.change(change).catch((error: unknown) => log.error(`the ${titleOf(key)} could not be paused`, error));
}

function titleOfKey({ keys }: RunawayPorts, id: string): string {
  const key = keys.get(id);
  return key === undefined ? 'the admin key' : titleOf(key);
}
