import { toDollars } from '../chat/money.ts';
import type { VirtualKey } from '../keys/virtual-key.ts';
import type { Ports } from '../gateway/ports.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A key as LiteLLM's answers show it: dollars, ISO times, its hash and never its secret. */
export function keyRow(ports: Ports, key: VirtualKey): Record<string, unknown> {
  const spend = ports.budgets.spend(`key:${key.id}`, key.budgetDuration);
  return {
    token: key.hash,
    key_name: key.hint,
    key_alias: key.alias,
    spend: toDollars(spend.window),
    total_spend: toDollars(spend.total),
    held: toDollars(spend.held),
    expires: iso(key.expires),
    models: key.models,
    aliases: key.aliases,
    config: {},
    user_id: null,
    team_id: key.project,
    permissions: {},
    max_parallel_requests: key.maxParallel,
    metadata: key.metadata,
    blocked: key.blocked,
    tpm_limit: key.tpm,
    rpm_limit: key.rpm,
    max_budget: key.maxBudget === null ? null : toDollars(key.maxBudget),
    budget_duration: key.budgetDuration,
    budget_reset_at: iso(spend.resetsAt),
    created_at: iso(key.createdAt),
    created_by: 'admin',
    updated_at: iso(key.updatedAt),
    updated_by: 'admin',
  };
}

/** Where a key is in its life, in LiteLLM's words. */
export function keyStatus(key: VirtualKey, now: number): 'active' | 'expired' | 'revoked' {
  if (key.blocked) return 'revoked';
  return key.expires !== null && key.expires <= now ? 'expired' : 'active';
}
