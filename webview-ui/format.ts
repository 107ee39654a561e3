import { numbersIn, plural, t, timesIn, whole } from './l10n.ts';

export { whole };

const currency = (places: number): Intl.NumberFormat =>
  new Intl.NumberFormat(numbersIn, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
const cents = currency(2);
const hundredthsOfCents = currency(4);
const significant = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(numbersIn, {
    ...{ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumSignificantDigits: digits },
    useGrouping: false,
  });
const threeDigits = significant(3);
const fourDigits = significant(4);

/** `$1.24`, and `<$0.01` for what rounds to nothing; from nano-dollars. */
export const dollars = (nano: number): string =>
  nano > 0 && nano < 1e7 ? `<${cents.format(0.01)}` : cents.format(nano / 1e9);

/** Four places, for single calls, whose amounts are small and stand above one another. */
export const smallDollars = (nano: number): string =>
  nano > 0 && nano < 1e5 ? `<${hundredthsOfCents.format(0.0001)}` : hundredthsOfCents.format(nano / 1e9);

const allPlaces = new Intl.NumberFormat(numbersIn, {
  ...{ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', useGrouping: false },
  ...{ minimumFractionDigits: 0, maximumFractionDigits: 9 },
});

/** All digits, for whoever wants to know exactly. */
export const exactDollars = (nano: number): string => allPlaces.format(nano / 1e9);

/** A scale's label: no more places than it needs. */
export const axisDollars = (nano: number): string => threeDigits.format(nano / 1e9);

const compact = new Intl.NumberFormat(numbersIn, { notation: 'compact', maximumFractionDigits: 1 });

/** `950`, `12.3K`, `1.2M`. */
export const short = (count: number): string => compact.format(count);

/** `+12%`; nothing where there was nothing before. */
export function change(now: number, before: number): string | undefined {
  if (before === 0) return undefined;
  const percents = Math.round((100 * (now - before)) / before);
  if (percents > 999) return t('over 10×');
  return `${percents > 0 ? '+' : percents < 0 ? '−' : '±'}${percentage.format(Math.abs(percents) / 100)}`;
}

const percentage = new Intl.NumberFormat(numbersIn, { style: 'percent', maximumFractionDigits: 0 });

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? `<${percentage.format(0.01)}` : percentage.format(share);

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** `45 s`, `3 min`, `2 h 5 min`, `6 days`. */
export function span(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.round(ms / 1000))} s`;
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  return plural(Math.round(ms / dayMs), '{0} day', '{0} days');
}

const oneDecimal = new Intl.NumberFormat(numbersIn, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `840 ms`, `2.4 s`. */
export const taken = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : ms < 100_000 ? `${oneDecimal.format(ms / 1000)} s` : span(ms);

const clockTime = new Intl.DateTimeFormat(timesIn, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(timesIn, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const wholeTime = new Intl.DateTimeFormat(timesIn, { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat(timesIn, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** The time of today's, else the day too. */
export const moment = (at: number): string =>
  new Date(at).toDateString() === new Date().toDateString() ? clockTime.format(at) : dayAndTime.format(at);
export const fullMoment = (at: number): string => wholeTime.format(at);

/** A report's `2026-11-23` or `2026-11-23T14:00`. */
export const timeName = (time: string): string =>
  time.length > 10 ? time.slice(11) : dayOnly.format(new Date(`${time}T00:00Z`));

const windowNames: Readonly<Record<string, string>> = {
  ...{ '1h': t('an hour'), '1d': t('a day'), '24h': t('a day'), '7d': t('a week'), '1w': t('a week') },
  ...{ '30d': t('a month'), '1mo': t('a month') },
  ...{ daily: t('a day'), weekly: t('a week'), monthly: t('a month') },
};

/** A budget's window in words. */
export const windowName = (duration: string | null): string =>
  duration === null ? t('in all') : (windowNames[duration] ?? t('per {0}', duration));

/** Dollars per million tokens, from dollars per token. */
export const perMillion = (perToken: number | null | undefined): string =>
  perToken == null ? '–' : fourDigits.format(perToken * 1e6);
