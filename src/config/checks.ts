import * as z from 'zod';
import { isWindow } from '../lib/duration.ts';

// The message of each check is what was expected; the finding puts what was found before it.
const expectText = 'a text';
const expectDuration = 'a duration such as 30s, 5m, 1h, 1d, 7d, 1w, 30d or 1mo, or hourly, daily, weekly or monthly';
const expectSwitch = 'true or false';

export const text = z.string(expectText);
export const texts = z.array(text, 'a list of texts');
export const headers = z.record(z.string(), text, 'a mapping of header names to texts');

/** From the environment all values come as texts, and LiteLLM's YAML 1.1 knows more words for true and false. */
export const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
const asBoolean = (value: unknown): unknown =>
  typeof value === 'string' ? (booleanWords[value.toLowerCase()] ?? value) : value;
const booleanWords: Record<string, boolean> = { true: true, yes: true, on: true, false: false, no: false, off: false };

export const atLeast = (least: number, expected: string) =>
  z.preprocess(asNumber, z.number(expected).min(least, expected));
export const above = (bound: number, expected: string) =>
  z.preprocess(asNumber, z.number(expected).gt(bound, expected));
export const count = (least: number, expected: string) => z.preprocess(asNumber, z.int(expected).min(least, expected));

export const dollars = atLeast(0, 'an amount in dollars, 0 or more');
export const seconds = above(0, 'a number of seconds above 0');
export const toggle = z.preprocess(asBoolean, z.boolean(expectSwitch));
export const limit = count(1, 'a whole number, 1 or more');
export const duration = z
  .string(expectDuration)
  .refine(isWindow, expectDuration)
  .meta({ examples: ['1h', '1d', '7d', '30d', '1mo'] });
export const timeZone = z.string(expectText).refine(isTimeZone, 'an IANA time zone such as "Europe/Paris"');
export const clockTime = z
  .string('a time such as "06:00"')
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as "06:00"');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
