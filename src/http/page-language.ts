import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, parseJson } from '../lib/json.ts';
import { english, type PageLanguage } from '../lib/page-words.ts';

/** Nobody reads more languages than this. */
const mostLanguages = 10;

/** The first of the languages that a browser asks for which there is a bundle of; English is always there. */
export async function pageLanguage(accepted: string | undefined, folder: string): Promise<PageLanguage> {
  for (const language of languagesIn(accepted)) {
    if (language === 'en') return english;
    const words = await bundleOf(language, folder);
    if (words !== undefined) return { language, words };
  }
  return english;
}

/** `de-AT,de;q=0.9,en;q=0.8`, the most wanted first, each with its region and then without. */
function languagesIn(accepted = ''): readonly string[] {
  const asked = accepted.split(',', mostLanguages).flatMap((part) => {
    const [tag = '', ...rest] = part.trim().toLowerCase().split(';');
    const weight = Number(/^\s*q=([\d.]+)/.exec(rest.join(';'))?.[1] ?? 1);
    return /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/.test(tag) && weight > 0 ? [{ tag, weight }] : [];
  });
  asked.sort((a, b) => b.weight - a.weight);
  return [...new Set(asked.flatMap(({ tag }) => [tag, tag.split('-')[0] ?? tag]))];
}

const known = new Map<string, Promise<Readonly<Record<string, string>> | undefined>>();

/** Read once: what is built does not change. */
function bundleOf(language: string, folder: string): Promise<Readonly<Record<string, string>> | undefined> {
  const file = join(folder, 'l10n', `bundle.l10n.${language}.json`);
  const found = known.get(file) ?? readBundle(file);
  if (known.size < 100) known.set(file, found);
  return found;
}

async function readBundle(file: string): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const bundle = text === undefined ? undefined : parseJson(text);
  if (!isObject(bundle)) return undefined;
  return Object.fromEntries(
    Object.entries(bundle).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
