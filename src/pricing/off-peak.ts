import { isArray, isObject, type Json, type JsonObject, numberIn, objectIn, objectsIn, stringIn } from '../lib/json.ts';

/** Whether the prices in these keys change by the hour. */
export const isByHour = (keys: JsonObject): boolean => isObject(keys.off_peak_pricing);

/**
 * LiteLLM's price keys as they are at `at`, milliseconds: in the hours of `off_peak_pricing` its keys stand in the place
 * of the usual ones, for prompts of every size.
 */
export function keysAt(keys: JsonObject, at: number): JsonObject {
  if (!isByHour(keys)) return keys;
  const { hours_utc, weekdays, windows, ...cheaper } = objectIn(keys.off_peak_pricing);
  const all = hours_utc === undefined ? objectsIn(windows) : [{ hours_utc, weekdays }];
  if (!all.some((window) => isIn(window, new Date(at)))) return keys;
  const names = Object.keys(cheaper);
  const isReplaced = (key: string): boolean => names.some((name) => key.startsWith(`${name}_above_`));
  const usual = Object.entries(keys).filter(([key]) => !isReplaced(key));
  const tiers = objectsIn(keys.tiered_pricing).map((tier) => ({ ...tier, ...cheaper }));
  return { ...Object.fromEntries(usual), ...cheaper, ...(tiers.length > 0 && { tiered_pricing: tiers }) };
}

/** `16:30-00:30`, or several, on days from 1 (Monday) to 7; the night after a day belongs to it. */
function isIn({ hours_utc: hours, weekdays }: JsonObject, at: Date): boolean {
  const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
  const today = at.getUTCDay() || 7;
  const isOn = (day: number): boolean => !isArray(weekdays) || weekdays.map(numberIn).includes(day);
  return rangesIn(hours).some(([start, end]) =>
    start < end
      ? minute >= start && minute < end && isOn(today)
      : (minute >= start && isOn(today)) || (minute < end && isOn(today === 1 ? 7 : today - 1)),
  );
}

function rangesIn(hours: Json | undefined): readonly (readonly [start: number, end: number])[] {
  const texts = isArray(hours) ? hours : [hours];
  return texts.flatMap((text) => {
    const [, hour, minute, endHour, endMinute] =
      /^(\d\d?):(\d\d)-(\d\d?):(\d\d)$/.exec(stringIn(text)?.trim() ?? '') ?? [];
    const start = Number(hour) * 60 + Number(minute);
    const end = Number(endHour) * 60 + Number(endMinute);
    return Number.isNaN(start + end) ? [] : [[start, end] as const];
  });
}
