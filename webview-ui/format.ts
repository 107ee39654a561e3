/** `$1.24`, and `<$0.01` for what rounds to nothing; from nano-dollars. */
export const dollars = (nano: number): string =>
  nano > 0 && nano < 1e7 ? '<$0.01' : (nano / 1e9).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** Four places, for single calls, whose amounts are small and stand above one another. */
export const smallDollars = (nano: number): string =>
  nano > 0 && nano < 1e5 ? '<$0.0001' : `$${(nano / 1e9).toLocaleString('en-US', fourPlaces)}`;
const fourPlaces = { minimumFractionDigits: 4, maximumFractionDigits: 4 };

/** All digits, for whoever wants to know exactly. */
export const exactDollars = (nano: number): string => `$${(nano / 1e9).toFixed(9).replace(/\.?0+$/, '') || '0'}`;

/** A scale's label: no more places than it needs. */
export const axisDollars = (nano: number): string => `$${Number((nano / 1e9).toPrecision(3))}`;

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `950`, `12.3K`, `1.2M`. */
export const short = (count: number): string => compact.format(count);

export const whole = (count: number): string => count.toLocaleString('en-US');

/** `1 request`, `2 requests`. */
export const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `+12%`; nothing where there was nothing before. */
export function change(now: number, before: number): string | undefined {
  if (before === 0) return undefined;
  const percent = Math.round((100 * (now - before)) / before);
  return percent > 999 ? 'over 10×' : `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${Math.abs(percent)}%`;
}

export const percent = (share: number): string => (share > 0 && share < 0.01 ? '<1%' : `${Math.round(100 * share)}%`);

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** `45 s`, `3 min`, `2 h 5 min`, `6 days`. */
export function span(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.round(ms / 1000))} s`;
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  const days = Math.round(ms / dayMs);
  return `${days} day${days === 1 ? '' : 's'}`;
}

/** `840 ms`, `2.4 s`. */
export const taken = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms);

const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const wholeTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** The time of today's, else the day too. */
export const moment = (at: number): string =>
  new Date(at).toDateString() === new Date().toDateString() ? clockTime.format(at) : dayAndTime.format(at);
export const fullMoment = (at: number): string => wholeTime.format(at);

/** A report's `2026-11-23` or `2026-11-23T14:00`. */
export const timeName = (time: string): string =>
  time.length > 10 ? time.slice(11) : dayOnly.format(new Date(`${time}T00:00Z`));

/** A budget's window in words. */
export const windowName = (duration: string | null): string => {
  if (duration === null) return 'in all';
  const names: Readonly<Record<string, string>> = {
    ...{ '1h': 'an hour', '1d': 'a day', '24h': 'a day', '7d': 'a week', '1w': 'a week' },
    ...{ '30d': 'a month', '1mo': 'a month', daily: 'a day', weekly: 'a week', monthly: 'a month' },
  };
  return names[duration] ?? `per ${duration}`;
};

/** Dollars per million tokens, from dollars per token. */
export const perMillion = (perToken: number | null | undefined): string =>
  perToken == null ? '–' : `$${Number((perToken * 1e6).toPrecision(4))}`;
