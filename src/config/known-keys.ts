import { objectIn } from '../lib/json.ts';
import {
  isPriceKey,
  priceKeys,
  priceSuffix,
  requestParameters,
  type Section,
  unsupportedKeys,
} from './litellm-keys.ts';
import { pathText } from './quote.ts';
import { type Reading, valueAt } from './reading.ts';
import { usedKeys } from './schema.ts';
import type { Path } from './source.ts';

/**
 * Reports the keys at `path` that Purser does not use. One that looks like a key of ours, or is one of another section,
 * is an error: a budget that is misspelt must not be ignored.
 */
export function checkKeys(reading: Reading, section: Section, path: Path): void {
  for (const key of keysAt(reading, path)) {
    if (!usedKeys[section].includes(key)) checkKey(reading, section, [...path, key]);
  }
}

/** Reports prices that are misspelt, since a price that is not known is not zero. */
export function checkPriceKeys(reading: Reading, path: Path): void {
  for (const key of keysAt(reading, path).filter(isPriceKey)) {
    const base = key.replace(priceSuffix, '');
    if (priceKeys.has(base)) continue;
    const meant = nearest(base, priceKeys);
    const whole = meant === undefined ? '' : meant + key.slice(base.length);
    if (meant !== undefined) errorAt(reading, [...path, key], `is not known; did you mean \`${meant}\`?`, whole);
    else warnAt(reading, [...path, key], 'is no price that Purser knows, and is ignored');
  }
}

/** The closest of `names`, when it is so close that a slip of the fingers explains the difference. */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const name of names) {
    const limit = Math.min(2, Math.floor(name.length / 3), bestDistance - 1);
    const distance = Math.abs(name.length - text.length) > limit ? Infinity : editDistance(text, name);
    if (distance <= limit) [best, bestDistance] = [name, distance];
  }
  return best;
}

const keysAt = (reading: Reading, path: Path): readonly string[] =>
  Object.keys(objectIn(valueAt(reading.source.root, path)));

function checkKey(reading: Reading, section: Section, path: Path): void {
  const key = String(path.at(-1));
  const isParams = section === 'litellm_params';
  const isForProvider = isParams && (requestParameters.has(key) || isPriceKey(key));
  const meant = nearest(key, usedKeys[section]);
  const home = homeOf(key);
  if (unsupportedKeys[section].has(key))
    warnAt(reading, path, "is LiteLLM's; Purser does not support it and ignores it");
  else if (isForProvider) return;
  else if (meant !== undefined) errorAt(reading, path, `is not known; did you mean \`${meant}\`?`, meant);
  else if (home !== undefined) errorAt(reading, path, `is in the wrong place; expected it ${home}`);
  else if (!isParams) warnAt(reading, path, 'is not known and is ignored'); // in litellm_params: a default
}

function homeOf(key: string): string | undefined {
  const homes = (Object.keys(usedKeys) as Section[]).filter((section) => usedKeys[section].includes(key));
  return homes.length === 0 ? undefined : homes.map((home) => homeTexts[home]).join(' or ');
}

const homeTexts: Record<Section, string> = {
  file: 'at the beginning of a line',
  model_list: 'in an entry of `model_list`, beside `model_name`',
  litellm_params: 'in `litellm_params`',
  litellm_settings: 'in `litellm_settings`',
  router_settings: 'in `router_settings`',
  general_settings: 'in `general_settings`',
};

function errorAt({ report, source }: Reading, path: Path, message: string, meant?: string): void {
  const help = meant === undefined ? undefined : { replaceBy: meant };
  report.errorAtKey(source, path, `\`${pathText(path)}\` ${message}`, help);
}

const warnAt = (reading: Reading, path: Path, message: string): void =>
  reading.report.warnAtKey(reading.source, path, `\`${pathText(path)}\` ${message}`);

/** Insertions, deletions, replacements and swaps of neighbours between two texts. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
