import { noMoney, type NanoUsd } from '../chat/money.ts';
import { lru } from '../lib/lru.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';

/**
 * By how much calls that no limit can bound (server tools, remote files, `previous_response_id`) passed what could be
 * reckoned of them. A next one of the kind holds as much besides.
 */
export interface Excess {
  readonly of: (call: Call, deployment: Deployment) => NanoUsd;
  readonly learn: (call: Call, deployment: Deployment, amount: NanoUsd) => void;
}

/** Remembers the last of each caller, deployment and kind. */
export function lastExcess(most = 2_000): Excess {
  const known = lru<NanoUsd>({ count: most, size: Infinity });
  const nameOf = ({ caller, outline }: Call, { id }: Deployment): string => `${caller.id} ${id} ${outline.unbounded}`;
  return {
    of: (call, deployment) => known.get(nameOf(call, deployment)) ?? noMoney,
    learn: (call, deployment, amount) => known.set(nameOf(call, deployment), amount, 1),
  };
}
