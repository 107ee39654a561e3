import type { Redact } from '../lib/redact.ts';
import type { Cooling, Tell } from '../routing/health.ts';
import type { Catalog } from './catalog.ts';
import type { Events } from './events.ts';
import type { Log } from './log.ts';

interface Voices {
  readonly catalog: () => Catalog;
  readonly events: Events;
  readonly log: Log;
  readonly redact: () => Redact;
}

/** Tells the log and the owner when a deployment or an account begins to be left alone, and why. */
export const coolingNotices =
  ({ catalog, events, log, redact }: Voices): Tell =>
  (one, cooling) => {
    const { account, until, kind: failure } = cooling;
    const [id = ''] = one.healthId.split(' ', 1);
    const group = catalog().deployments.find((deployment) => deployment.id === id)?.name ?? '';
    const who = account === undefined ? `A deployment of "${group}" (${id.slice(0, 12)})` : `The account ${account}`;
    const message = redact()(`${who} is left alone for ${secondsOf(cooling)} s: ${cooling.message}`);
    log.warn(message);
    if (account === undefined)
      events.raise({ type: 'deployment-cooling', deployment: id, group, until, failure, message });
    else events.raise({ type: 'account-cooling', account, until, failure, message });
  };

const secondsOf = ({ since, until }: Cooling): number => Math.ceil((until - since) / 1000);
