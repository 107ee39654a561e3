import type { MatchLogic, ModelPrice } from '@pydantic/genai-prices';
import type { GenaiModel } from './genai-lines.ts';

/** Whether a name is what a rule of genai-prices means. Its regular expressions alone care about capitals. */
export function isMatch(rule: MatchLogic, name: string): boolean {
  const text = name.toLowerCase();
  if ('or' in rule) return rule.or.some((one) => isMatch(one, name));
  if ('and' in rule) return rule.and.every((one) => isMatch(one, name));
  if ('equals' in rule) return text === rule.equals.toLowerCase();
  if ('starts_with' in rule) return text.startsWith(rule.starts_with.toLowerCase());
  if ('ends_with' in rule) return text.endsWith(rule.ends_with.toLowerCase());
  if ('contains' in rule) return text.includes(rule.contains.toLowerCase());
  return new RegExp(rule.regex).test(name);
}

/** A model's prices at `at`, milliseconds: of several the last whose day has come or whose hours these are (UTC). */
export function pricesAt({ prices }: GenaiModel, at: number): ModelPrice {
  if (!Array.isArray(prices)) return prices;
  const found = prices.findLast(({ constraint }) => {
    if (constraint === undefined) return true;
    if (constraint.type === 'start_date') return at >= Date.parse(constraint.start_date);
    return isBetween(at % dayMs, timeOfDay(constraint.start_time), timeOfDay(constraint.end_time));
  });
  return (found ?? prices[0])?.prices ?? {};
}

const dayMs = 86_400_000;

const isBetween = (time: number, start: number, end: number): boolean =>
  start <= end ? time >= start && time < end : time >= start || time < end;

/** `16:30:00Z`, or with an offset, as milliseconds of the day. */
const timeOfDay = (text: string): number => (Date.parse(`1970-01-02T${text}`) + dayMs) % dayMs;
