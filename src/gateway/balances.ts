import { redacted, toFailure, type Failure } from '../chat/failure.ts';
import { objectIn, parseJson } from '../lib/json.ts';
import { lru } from '../lib/lru.ts';
import type { Redact } from '../lib/redact.ts';
import type { Clock } from '../lib/time.ts';
import type { Balance, BalanceSource } from '../providers/balance.ts';
import type { Deployment } from './catalog.ts';
import { lookUp } from './look-up.ts';
import type { Upstream } from '../network/upstream.ts';

/** What the providers' accounts have left, where a provider tells. */
export interface Balances {
  /** Asked for now or within the last minute; undefined where the provider has no call for it. Never throws. */
  readonly of: (deployment: Deployment) => Promise<BalanceFound> | undefined;
}

/** `failure`: why nothing is known, in the provider's words. */
export interface BalanceFound {
  readonly balances: readonly Balance[];
  readonly failure?: Failure;
}

const keptMs = 60_000;
const patienceMs = 5_000;

export function balances(upstream: Upstream, clock: Clock, redact: () => Redact): Balances {
  const known = lru<{ readonly until: number; readonly found: Promise<BalanceFound> }>({ count: 200, size: Infinity });

  const ask = async (deployment: Deployment, source: BalanceSource): Promise<readonly Balance[]> => {
    const { provider, config } = deployment;
    const target = deployment.target(false);
    const said = await lookUp(upstream, { provider, target, headers: config.headers }, source.url(target), patienceMs);
    const { status, headers, text: body } = said;
    if (status !== 200) throw provider.dialect.readRefusal({ status, headers, body });
    return source.read(objectIn(parseJson(body)), target);
  };
  /** The first source that tells; where none does, what the last one that failed said. */
  const look = async (deployment: Deployment, sources: readonly BalanceSource[]): Promise<BalanceFound> => {
    let failure: Failure | undefined;
    for (const source of sources) {
      try {
        const told = await ask(deployment, source);
        if (told.length > 0) return { balances: told };
      } catch (error) {
        failure = redacted(toFailure(error), redact());
      }
    }
    return { balances: [], ...(failure && { failure }) };
  };
  return {
    of(deployment) {
      const sources = deployment.provider.balance;
      if (sources === undefined) return undefined;
      const place = `${deployment.account} ${deployment.target(false).baseUrl}`;
      const before = known.get(place);
      if (before !== undefined && before.until > clock.now()) return before.found;
      const found = look(deployment, sources);
      known.set(place, { until: clock.now() + keptMs, found }, 0);
      return found;
    },
  };
}
