/** What the page says, in the language of whoever reads it: English is the key, and the host hands in a bundle for others. */

type Words = Readonly<Record<string, string>>;

/** The host puts it beside the page's script, so that it is there before anything is drawn. */
function readWords(): Words {
  const text = typeof document === 'undefined' ? null : document.getElementById('words')?.textContent;
  return text == null || text === '' ? {} : (JSON.parse(text) as Words);
}

const words = readWords();
const pageLanguage = (): string => (typeof document === 'undefined' ? '' : document.documentElement.lang);
export const language = pageLanguage() || 'en';

/** English has its amounts as in America, where dollars are at home, and its times as everywhere else. */
export const numbersIn = language === 'en' ? 'en-US' : language;
export const timesIn = language === 'en' ? 'en-GB' : language;

/** The sentence in the page's language, with what stands for `{0}`, `{1}`, ... Its text is found by a script: write it out. */
export const t = (english: string, ...values: readonly (string | number)[]): string =>
  filled(words[english] ?? english, values);

const rules = new Intl.PluralRules(language);

/** One form or the other by a count; a language with more forms has them as `{0} calls#few`. */
export function plural(count: number, one: string, other: string, ...values: readonly (string | number)[]): string {
  const form = rules.select(count);
  const known = form === 'one' ? words[one] : (words[`${other}#${form}`] ?? words[other]);
  return filled(known ?? (count === 1 ? one : other), [whole(count), ...values]);
}

const filled = (text: string, values: readonly (string | number)[]): string =>
  text.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));

export const whole = (count: number): string => count.toLocaleString(numbersIn);
