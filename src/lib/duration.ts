/** A length of time as configurations write it. Months have no fixed length, so it is a count and a unit. */
export interface Duration {
  readonly count: number;
  readonly unit: 's' | 'm' | 'h' | 'd' | 'w' | 'mo';
}

/** Milliseconds of each unit that always has the same length. */
export const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const words: Readonly<Record<string, Duration>> = {
  hourly: { count: 1, unit: 'h' },
  daily: { count: 1, unit: 'd' },
  weekly: { count: 1, unit: 'w' },
  monthly: { count: 1, unit: 'mo' },
};

/** Reads `30s`, `15m`, `1h`, `7d`, `2w`, `1mo`, `hourly`, `daily`, `weekly`, `monthly`; undefined for anything else. */
export function parseDuration(text: string): Duration | undefined {
  const word = Object.hasOwn(words, text) ? words[text] : undefined;
  if (word) return word;
  const [, digits, unit] = /^([1-9]\d{0,5})(s|m|h|d|w|mo)$/.exec(text) ?? [];
  return digits === undefined ? undefined : { count: Number(digits), unit: unit as Duration['unit'] };
}

/** Whether a budget can be counted by `text`: any duration but several months, which LiteLLM refuses too. */
export function isWindow(text: string): boolean {
  const duration = parseDuration(text);
  return duration !== undefined && (duration.unit !== 'mo' || duration.count === 1);
}

/** When something that lives for `text` from `from` on ends, in milliseconds; undefined for a text that is no duration. */
export function expiryOf(text: string, from: number): number | undefined {
  const duration = parseDuration(text);
  if (!duration) return undefined;
  return duration.unit === 'mo' ? addMonths(from, duration.count) : from + duration.count * unitMs[duration.unit];
}

/** The same day and time some months later, in UTC, or that month's last day where it is shorter. */
function addMonths(from: number, months: number): number {
  const date = new Date(from);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, lastDay));
}
