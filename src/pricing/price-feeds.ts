import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { numberIn, objectIn, parseJson, stringIn } from '../lib/json.ts';

/** Where prices are fetched from. */
export const feeds = ['genai-prices', 'litellm'] as const;
export type Feed = (typeof feeds)[number];

/** How prices were fetched that lie in the data folder. */
export interface FeedHead {
  /** When it was last known to be so, milliseconds. */
  readonly fetched: number;
  readonly url: string;
  readonly etag?: string;
  /** Marks the prices that Purser came with then: when it comes with others, those are the newer ones. */
  readonly bundled?: string;
}

export interface FeedFile {
  readonly head: FeedHead;
  /** As `priceLines` makes them. */
  readonly lines: string;
}

const fileOf = (folder: string, feed: Feed): string => join(folder, `prices-${feed}.jsonl`);

/** What was fetched; undefined when nothing was, or when it cannot be read. */
export function readFeed(folder: string, feed: Feed): FeedFile | undefined {
  const text = textOf(fileOf(folder, feed));
  const end = text?.indexOf('\n') ?? -1;
  const head = objectIn(parseJson(text?.slice(0, Math.max(0, end)) ?? ''));
  const [fetched, url, etag, bundled] = [
    numberIn(head.fetched),
    stringIn(head.url),
    stringIn(head.etag),
    stringIn(head.bundled),
  ];
  if (text === undefined || fetched === undefined || url === undefined || !text.endsWith('\n')) return undefined;
  return {
    head: { fetched, url, ...(etag !== undefined && { etag }), ...(bundled !== undefined && { bundled }) },
    lines: text.slice(end),
  };
}

/** What prices are made of now, with how they were fetched; what Purser comes with was not, and nothing of LiteLLM's is with it. */
export interface FeedInUse {
  readonly head?: FeedHead;
  readonly lines?: string;
  /** Marks what Purser comes with. */
  readonly bundled?: string;
}

/** What was fetched, unless Purser now comes with something newer. */
export async function feedInUse(folder: string | undefined, feed: Feed): Promise<FeedInUse> {
  const file = folder === undefined ? undefined : readFeed(folder, feed);
  if (feed !== 'genai-prices') return file ?? {};
  const { bundledPrices } = await import('./bundled-prices.ts');
  const lines = await bundledPrices();
  const bundled = createHash('sha256').update(lines).digest('hex').slice(0, 16);
  return file?.head.bundled === bundled ? { ...file, bundled } : { lines, bundled };
}

/** Replaces what was fetched before, whole or not at all. */
export async function writeFeed(folder: string, feed: Feed, { head, lines }: FeedFile): Promise<void> {
  const file = fileOf(folder, feed);
  const draft = `${file}.new`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(head) + lines);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The day of a time in milliseconds, YYYY-MM-DD. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
