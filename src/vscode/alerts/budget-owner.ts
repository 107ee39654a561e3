import type { JsonObject } from '../../lib/json.ts';

/** Whose budget a scope is, as far as something can be done about it here. */
export type BudgetOwner =
  | { readonly type: 'key' | 'project'; readonly id: string; readonly model?: string }
  | { readonly type: 'gateway' }
  /** An account's, a provider's, a deployment's or a model's, which stand in the configuration. */
  | { readonly type: 'configured' };

export function ownerOf(scope: string): BudgetOwner {
  if (scope === 'gateway') return { type: 'gateway' };
  const [owner = '', ...rest] = scope.split('/group:');
  const model = rest.join('/group:');
  const [, type, id] = /^(key|project):(.+)$/s.exec(owner) ?? [];
  if ((type !== 'key' && type !== 'project') || id === undefined) return { type: 'configured' };
  return { type, id, ...(rest.length > 0 && { model }) };
}

/** A management route with what it is asked. */
export interface Request {
  readonly path: string;
  readonly body: JsonObject;
}

type Owned = BudgetOwner & { readonly type: 'key' | 'project' };

export const updateOf = ({ type, id }: Owned, fields: JsonObject): Request =>
  type === 'key'
    ? { path: '/key/update', body: { key: id, ...fields } }
    : { path: '/team/update', body: { team_id: id, ...fields } };

/** Stops all calls of a key or a project, or lets them go on. */
export function blockOf({ type, id }: Owned, isBlocked: boolean): Request {
  const verb = isBlocked ? 'block' : 'unblock';
  return type === 'key'
    ? { path: `/key/${verb}`, body: { key: id } }
    : { path: `/team/${verb}`, body: { team_id: id } };
}

/** Where the owner's terms are read. */
export const termsPathOf = ({ type, id }: Owned): string =>
  type === 'key' ? `/key/info?key=${encodeURIComponent(id)}` : `/team/info?team_id=${encodeURIComponent(id)}`;
