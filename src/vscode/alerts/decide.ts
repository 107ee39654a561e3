import type { Raised } from '../../gateway/events.ts';

/** What the user wants to be told. */
export interface AlertWishes {
  readonly isOn: boolean;
  /** Of a budget, percent. */
  readonly thresholds: readonly number[];
}

type Threshold = Raised & { readonly type: 'budget-threshold' };
type Refused = Raised & { readonly type: 'budget-refused' };
type Soft = Raised & { readonly type: 'soft-budget' };
type Runaway = Raised & { readonly type: 'runaway' };

/** Something to tell, by the name that it is told once under. */
export type Notice =
  | { readonly type: 'budget'; readonly name: string; readonly event: Threshold | Refused }
  | { readonly type: 'soft-budget'; readonly name: string; readonly event: Soft }
  | { readonly type: 'runaway'; readonly name: string; readonly event: Runaway };

export interface Known {
  /** Raised by the gateway and not decided about yet, oldest first. */
  readonly events: readonly Raised[];
  /** Names of what this window has told, or knows that another has. */
  readonly told: ReadonlySet<string>;
  readonly isFocused: boolean;
  readonly wishes: AlertWishes;
  /** Milliseconds since the epoch, of the gateway's clock and this one: they are of one machine. */
  readonly now: number;
}

export interface Decision {
  /** To be claimed at the gateway, which grants each to one window, and then shown. */
  readonly notices: readonly Notice[];
  /** To be decided about later: the window that the user looks at comes first. */
  readonly later: readonly Raised[];
}

/** A window that nobody looks at waits so long, so that the one that somebody looks at, if there is one, is first. */
const courtesyMs = 7_000;
/** An agent that ran away so long ago has stopped or been seen. */
const runawayMs = 10 * 60_000;

/**
 * What this window tells now. Of one budget's thresholds in one window the highest is told, and none after it that is
 * lower; each only once, whichever window does it.
 */
export function decide({ events, told, isFocused, wishes, now }: Known): Decision {
  const due = events.filter((event) => isWanted(event, wishes, now));
  const later = isFocused ? [] : due.filter(({ at }) => now - at < courtesyMs);
  const ripe = due.filter((event) => !later.includes(event));
  const notices = new Map<string, Notice>();
  for (const event of ripe) {
    const notice = noticeOf(event);
    if (notice === undefined || told.has(notice.name)) continue;
    if (isBudget(event) && higherThan(event, ripe, told)) continue;
    notices.set(notice.name, notice);
  }
  return { notices: [...notices.values()], later };
}

function isWanted(event: Raised, { isOn, thresholds }: AlertWishes, now: number): boolean {
  if (!isOn) return false;
  switch (event.type) {
    case 'budget-threshold':
      return thresholds.includes(event.percent) && (event.resetsAt === null || event.resetsAt > now);
    case 'budget-refused':
      return thresholds.includes(spent) && (event.resetsAt === null || event.resetsAt > now);
    case 'soft-budget':
      return event.resetsAt === null || event.resetsAt > now;
    case 'runaway':
      return now - event.at < runawayMs;
    case 'account-cooling':
    case 'deployment-cooling':
      return false;
  }
}

function noticeOf(event: Raised): Notice | undefined {
  switch (event.type) {
    case 'budget-threshold':
    case 'budget-refused':
      return { type: 'budget', name: thresholdName(event, percentOf(event)), event };
    case 'soft-budget':
      return { type: 'soft-budget', name: `soft ${windowOf(event)}`, event };
    case 'runaway':
      return { type: 'runaway', name: `runaway ${event.id}`, event };
    case 'account-cooling':
    case 'deployment-cooling':
      return undefined;
  }
}

/** A budget that was raised is another one: its thresholds are told anew. */
const windowOf = ({ scope, duration, resetsAt, max }: Threshold | Refused | Soft): string =>
  `${scope} ${duration ?? 'total'} ${resetsAt ?? 'never'} ${max}`;

const thresholdName = (event: Threshold | Refused, percent: number): string => `budget ${percent} ${windowOf(event)}`;

/** A budget that cannot pay any more counts as spent, whatever is left. */
const spent = 100;
const allThresholds = [75, 90, spent];

const percentOf = (event: Threshold | Refused): number => (event.type === 'budget-refused' ? spent : event.percent);

const isBudget = (event: Raised): event is Threshold | Refused =>
  event.type === 'budget-threshold' || event.type === 'budget-refused';

/** Whether a higher threshold of the same budget and window was told, or is to be told now. */
const higherThan = (event: Threshold | Refused, events: readonly Raised[], told: ReadonlySet<string>): boolean =>
  allThresholds.some((percent) => percent > percentOf(event) && told.has(thresholdName(event, percent))) ||
  events.some((other) => isBudget(other) && percentOf(other) > percentOf(event) && windowOf(other) === windowOf(event));
