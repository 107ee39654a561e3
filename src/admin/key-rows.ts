import type { VirtualKey } from '../keys/virtual-key.ts';
import type { Ports } from '../gateway/ports.ts';
import { iso, spendRow, termsRow } from './terms.ts';

/** A key as LiteLLM's answers show it: dollars, ISO times, its hash and never its secret. */
export const keyRow = (ports: Ports, key: VirtualKey): Record<string, unknown> => ({
  token: key.hash,
  key_name: key.hint,
  key_alias: key.alias,
  ...spendRow(ports, `key:${key.id}`, key),
  ...termsRow(key),
  expires: iso(key.expires),
  aliases: key.aliases,
  budget_fallbacks: key.budgetFallbacks,
  keep_bodies: key.keepBodies,
  config: {},
  user_id: null,
  team_id: key.project,
  permissions: {},
  blocked_because: key.pause?.why ?? null,
  created_at: iso(key.createdAt),
  created_by: 'admin',
  updated_at: iso(key.updatedAt),
  updated_by: 'admin',
});

/** Where a key is in its life, in LiteLLM's words. */
export function keyStatus(key: VirtualKey, now: number): 'active' | 'expired' | 'revoked' {
  if (key.blocked) return 'revoked';
  return key.expires !== null && key.expires <= now ? 'expired' : 'active';
}
