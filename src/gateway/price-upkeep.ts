import type { Environment } from '../config/environment.ts';
import { giveBackMemory } from '../lib/memory.ts';
import type { Feed } from '../pricing/price-feeds.ts';
import type { Ports } from './ports.ts';
import { correctAssumed } from './price-corrections.ts';
import { type After, priceRefresh, usualAddresses } from './price-refresh.ts';

/** Keeps prices new, and the rows that waited for one right. */
export interface PriceUpkeep {
  readonly start: () => void;
  /** The configuration has changed, and with it prices perhaps. */
  readonly configured: () => void;
  readonly stop: () => void;
}

export interface PriceUpkeepOptions {
  /** The data folder, where fetched prices are kept. */
  readonly folder: string;
  readonly environment: Environment;
  readonly after?: After;
}

export function priceUpkeep(ports: Ports, { folder, environment, after }: PriceUpkeepOptions): PriceUpkeep {
  let isStopped = false;
  let turn = Promise.resolve();
  const correct = (): Promise<void> =>
    (turn = turn.then(async () => {
      try {
        if (!isStopped) await correctAssumed(ports);
      } catch (error) {
        if (!isStopped) ports.log.error('rows with an assumed price could not be corrected', error);
      }
    }));
  const refresh = priceRefresh({
    folder,
    upstream: ports.upstream,
    clock: ports.clock,
    log: ports.log,
    random: () => ports.random(),
    ...(after && { after }),
    addresses: addressesIn(environment),
    isOn: () => ports.config().priceRefresh,
    async afterwards(isNew) {
      // Without news the reports' thread need not wake for it.
      if (!isNew) return;
      await ports.prices.renew();
      giveBackMemory();
      await correct();
    },
  });
  return {
    start: refresh.start,
    configured: () => void correct(),
    stop() {
      isStopped = true;
      refresh.stop();
    },
  };
}

/** LiteLLM's variables for where its map is, and for having none fetched. */
function addressesIn(environment: Environment): Partial<Record<Feed, string>> {
  if (/^(true|1)$/i.test(environment('LITELLM_LOCAL_MODEL_COST_MAP') ?? '')) return {};
  return {
    'genai-prices': environment('GENAI_PRICES_URL') ?? usualAddresses['genai-prices'],
    litellm: environment('LITELLM_MODEL_COST_MAP_URL') ?? usualAddresses.litellm,
  };
}
