import type { GatewayAccess } from '../admin/gateway-client.ts';
import { askGateway } from '../admin/gateway-client.ts';
import type { Spent } from '../admin/overview-routes.ts';

const everyMs = 3_000;

/** Asks the gateway again and again what was spent, and tells what changed; returns what ends it. */
export function watchSpend(access: GatewayAccess, onSpent: (spent: Spent) => void): () => void {
  let known = '';
  const look = async (): Promise<void> => {
    const spent = (await askGateway(access, '/purser/spend')) as Spent;
    const sign = JSON.stringify(spent);
    if (sign === known) return;
    known = sign;
    onSpent(spent);
  };
  // A gateway that does not answer is its keeper's business: what was shown stays.
  const again = (): void => void look().catch(() => undefined);
  again();
  const timer = setInterval(again, everyMs);
  return () => clearInterval(timer);
}
