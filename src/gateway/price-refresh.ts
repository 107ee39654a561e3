import { Failure } from '../chat/failure.ts';
import type { Clock } from '../lib/time.ts';
import { dayOf, type Feed, type FeedInUse, feeds, feedInUse, writeFeed } from '../pricing/price-feeds.ts';
import { checkedFeed } from '../pricing/read-feed.ts';
import type { Log } from './log.ts';
import type { Upstream } from '../network/upstream.ts';
import { patienceOf } from '../network/watchdog.ts';

/** Fetches prices once a day, in the background: no call ever waits for them. */
export interface PriceRefresh {
  /** Plans the first look, some minutes from now. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Fetches what is older than a day. Resolves with whether there is anything new; never throws. */
  readonly refresh: () => Promise<boolean>;
}

export interface PriceRefreshOptions {
  readonly folder: string;
  readonly upstream: Pick<Upstream, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Where each feed is; one without an address is not fetched. */
  readonly addresses: Readonly<Partial<Record<Feed, string>>>;
  /** Whether the configuration in force allows it. */
  readonly isOn: () => boolean;
  /** What is done after each look. */
  readonly afterwards: (isNew: boolean) => Promise<void>;
  readonly random: () => number;
  readonly after?: After;
}

/** Runs something so many milliseconds from now; what it gives calls it off. */
export type After = (wait: number, run: () => void) => () => void;

export const usualAddresses: Readonly<Record<Feed, string>> = {
  'genai-prices': 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json',
  litellm: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Whatever was fetched less long ago is not fetched again, also after a new start. */
const freshMs = 20 * hourMs;
const patienceMs = 2 * minuteMs;

export function priceRefresh(options: PriceRefreshOptions): PriceRefresh {
  const { log, random, isOn, after = afterTimeout } = options;
  let callOff: (() => void) | undefined;
  let isStopped = false;

  const refresh = async (): Promise<boolean> => {
    let isNew = false;
    for (const feed of feeds) if (await renewed(options, feed)) isNew = true;
    return isNew;
  };
  const look = async (): Promise<void> => {
    try {
      await options.afterwards(isOn() && (await refresh()));
    } catch (error) {
      log.error('what follows new prices failed', error);
    }
    // Many gateways begin their day at the same minute.
    plan(dayMs + (random() - 0.5) * 2 * hourMs);
  };
  const plan = (wait: number): void => {
    if (!isStopped) callOff = after(wait, () => void look());
  };
  return {
    refresh,
    start: () => plan((3 + random() * 7) * minuteMs),
    stop() {
      isStopped = true;
      callOff?.();
    },
  };
}

/** Whether this feed has anything new. What cannot be used is said and left: the prices in use stay. */
async function renewed(options: PriceRefreshOptions, feed: Feed): Promise<boolean> {
  const { folder, clock, log } = options;
  const url = options.addresses[feed];
  if (url === undefined) return false;
  const inUse = await feedInUse(folder, feed);
  const known = inUse.head?.url === url ? inUse.head : undefined;
  if (known && Math.abs(clock.now() - known.fetched) < freshMs) return false;
  try {
    const { text, etag } = await fetched(options, url, known?.etag);
    const before = known || feed === 'genai-prices' ? inUse.lines : undefined;
    const news = text === undefined ? undefined : await checkedFeed(feed, text, before);
    const head = { fetched: clock.now(), url, ...(etag !== undefined && { etag }), ...mark(inUse) };
    await writeFeed(folder, feed, { head, lines: news?.lines ?? inUse.lines ?? '' });
    if (news === undefined || news.lines === before) return false;
    log.info(`prices of ${news.models} models came from ${new URL(url).host}, ${news.moved} of them other than before`);
    return true;
  } catch (error) {
    const stay = inUse.head ? `those of ${dayOf(inUse.head.fetched)}` : 'those that Purser came with';
    log.warn(
      `new prices could not be taken from ${url}: ${error instanceof Error ? error.message : String(error)} ` +
        `Until then ${stay} stay in use; general_settings.price_refresh: false ends the daily look.`,
    );
    return false;
  }
}

const mark = ({ bundled }: FeedInUse): { readonly bundled?: string } => (bundled === undefined ? {} : { bundled });

/** The feed's text; without one it is as `etag` has it. */
async function fetched(
  { upstream }: PriceRefreshOptions,
  url: string,
  etag: string | undefined,
): Promise<{ readonly text?: string; readonly etag?: string | undefined }> {
  const { status, headers, body } = await upstream.send({
    method: 'GET',
    url,
    headers: etag === undefined ? {} : { 'if-none-match': etag },
    signal: AbortSignal.timeout(patienceMs),
    patience: patienceOf(patienceMs),
  });
  if (status === 304 && etag !== undefined) {
    await body.dump();
    return { etag };
  }
  const text = await body.text();
  if (status !== 200) throw new Failure('provider-nonsense', `The server answered ${status}.`);
  return { text, etag: headers.etag };
}

const afterTimeout: After = (wait, run) => {
  const timer = setTimeout(run, wait).unref();
  return () => clearTimeout(timer);
};
