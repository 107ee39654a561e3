import type { Limit } from '../budgets/limit.ts';
import { titleOf } from '../keys/virtual-key.ts';
import type { Call } from './call.ts';
import type { Ports } from './ports.ts';
import type { Scopes } from './serving.ts';

/** The budgets that count a call: the key's, and the whole gateway's. The administrator's calls obey the gateway's. */
export function scopesOf(ports: Ports, { caller }: Call): Scopes {
  const config = ports.config();
  const limits: Limit[] = [];
  const names = ['gateway'];
  if (config.maxBudget !== undefined) {
    limits.push({
      scope: 'gateway',
      title: 'the whole gateway',
      max: config.maxBudget,
      duration: config.budgetDuration ?? null,
      raise: 'raise litellm_settings.max_budget in the configuration',
    });
  }
  const { key } = caller;
  if (key !== undefined) {
    names.push(`key:${key.id}`);
    if (key.maxBudget !== null) limits.push(limitOf(key, key.maxBudget));
  }
  return { limits, names };
}

const limitOf = (key: Parameters<typeof titleOf>[0], max: Limit['max']): Limit => ({
  scope: `key:${key.id}`,
  title: titleOf(key),
  max,
  duration: key.budgetDuration,
  raise: 'raise its max_budget with POST /key/update',
});
