import { Failure, invalid } from '../chat/failure.ts';
import { fromDollars } from '../chat/money.ts';
import type { Ports } from '../gateway/ports.ts';
import { defined } from '../lib/json.ts';
import type { KeySettings } from '../keys/key-record.ts';
import type { Issued } from '../keys/keys.ts';
import type { VirtualKey } from '../keys/virtual-key.ts';
import {
  checked,
  deleteFields,
  generateFields,
  keyReference,
  regenerateFields,
  resetFields,
  updateFields,
  type KeyFields,
} from './key-fields.ts';
import { keyRow, keyStatus } from './key-rows.ts';
import { boundedKey, newKeyFields } from './key-bounds.ts';
import { wholeNumber } from './query.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';
import { endOf, termsOf, usageRow } from './terms.ts';

/** LiteLLM's management of virtual keys. */
export const keyRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/key/generate'], access: 'admin', run: generate },
  { method: 'get', paths: ['/key/info'], access: 'key', run: info },
  { method: 'get', paths: ['/key/list'], access: 'admin', run: list },
  { method: 'post', paths: ['/key/update'], access: 'admin', run: update },
  { method: 'post', paths: ['/key/delete'], access: 'admin', run: remove },
  { method: 'post', paths: ['/key/block'], access: 'admin', run: (ports, ask) => setBlocked(ports, ask, true) },
  { method: 'post', paths: ['/key/unblock'], access: 'admin', run: (ports, ask) => setBlocked(ports, ask, false) },
  { method: 'post', paths: ['/key/regenerate', '/key/:key/regenerate'], access: 'admin', run: regenerate },
  { method: 'post', paths: ['/key/:key/reset_spend'], access: 'admin', run: resetSpend },
];

async function generate(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const { key: chosen, ...fields } = checked(generateFields, newKeyFields(ports.config(), body));
  return issued(ports, ports.keys.created(settingsOf(ports, fields), chosen ?? undefined));
}

/** Journals a key with its new secret; the answer is the only place where the secret ever stands. */
async function issued(ports: Ports, { secret, record }: Issued): Promise<unknown> {
  await ports.books.change(record);
  const key = known(ports, record.id);
  return { key: secret, ...keyRow(ports, key), token_id: key.hash };
}

function info(ports: Ports, { caller, query }: AdminAsk): unknown {
  const asked = query['key'] ?? caller.key?.hash;
  if (asked === undefined) throw invalid('Say which key: /key/info?key=sk-... (or its hash).', 'key');
  const key = ports.keys.get(asked);
  const isOthers = caller.key !== undefined && key?.id !== caller.key.id;
  if (isOthers)
    throw new Failure('forbidden', 'A key may ask only about itself.', { param: 'key', code: 'admin_only' });
  if (key === undefined) throw notFound();
  const { token: _token, ...row } = keyRow(ports, key);
  const usage = usageRow(ports, `key:${key.id}`, key);
  return { key: asked, info: { ...row, ...usage, status: keyStatus(key, ports.clock.now()) } };
}

function list(ports: Ports, { query }: AdminAsk): unknown {
  const page = wholeNumber(query['page'], { param: 'page', otherwise: 1, most: 1_000_000 });
  const size = wholeNumber(query['size'], { param: 'size', otherwise: 10, most: 100 });
  const keys = ports.keys.list().filter((key) => matches(key, query));
  const shown = keys.slice((page - 1) * size, page * size);
  return {
    keys: shown.map((key) => (query['return_full_object'] === 'true' ? keyRow(ports, key) : key.hash)),
    total_count: keys.length,
    current_page: page,
    total_pages: Math.ceil(keys.length / size),
  };
}

const matches = (key: VirtualKey, { key_alias, key_hash, team_id }: Readonly<Record<string, string>>): boolean =>
  (key_alias === undefined || key.alias === key_alias) &&
  (key_hash === undefined || key.hash === key_hash) &&
  (team_id === undefined || key.project === team_id);

async function update(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const { key: named, ...fields } = checked(updateFields, boundedKey(ports.config(), body));
  const alias = fields.key_alias;
  const key = named === undefined ? byAlias(ports, alias ?? undefined) : known(ports, named);
  await ports.books.change(ports.keys.changed(key.id, settingsOf(ports, fields)));
  await ports.bodies.sweep();
  return { key: named ?? key.hash, ...keyRow(ports, known(ports, key.id)) };
}

async function remove(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const { keys = [], key_aliases = [] } = checked(deleteFields, body);
  if (keys.length + key_aliases.length === 0)
    throw invalid('Say which keys: {"keys": ["sk-..."]} or {"key_aliases": ["..."]}.', 'keys');
  // All are looked up first: either every one is there to delete, or none is deleted.
  const doomed = [...keys.map((name) => known(ports, name)), ...key_aliases.map((alias) => byAlias(ports, alias))];
  for (const id of new Set(doomed.map((key) => key.id))) await ports.books.change(ports.keys.deleted(id));
  await ports.bodies.sweep();
  return { deleted_keys: [...keys, ...key_aliases] };
}

async function setBlocked(ports: Ports, { body }: AdminAsk, blocked: boolean): Promise<unknown> {
  const key = known(ports, checked(keyReference, body).key);
  await ports.books.change(ports.keys.changed(key.id, { blocked }));
  return keyRow(ports, known(ports, key.id));
}

async function regenerate(ports: Ports, { body, params }: AdminAsk): Promise<unknown> {
  const {
    key: named,
    new_key: chosen,
    grace_period: grace,
    ...fields
  } = checked(regenerateFields, boundedKey(ports.config(), body));
  const name = params['key'] ?? named;
  if (name === undefined) throw invalid('Say which key: {"key": "sk-..."}.', 'key');
  const graceMs = grace === undefined ? 0 : endOf(grace, 0, 'grace_period');
  const rotation = { ...(chosen === undefined ? {} : { secret: chosen }), graceMs };
  return issued(ports, ports.keys.rotated(known(ports, name).id, rotation, settingsOf(ports, fields)));
}

/** Sets what the key's budgets count as spent; its rows stay. */
async function resetSpend(ports: Ports, { body, params }: AdminAsk): Promise<unknown> {
  const key = known(ports, params['key'] ?? '');
  const to = fromDollars(checked(resetFields, body).reset_to);
  await ports.books.change({ type: 'spend-reset', at: ports.clock.now(), scope: `key:${key.id}`, to });
  return keyRow(ports, key);
}

function known(ports: Ports, name: string): VirtualKey {
  const key = ports.keys.get(name);
  if (key === undefined) throw notFound();
  return key;
}

function byAlias(ports: Ports, alias: string | undefined): VirtualKey {
  const key = alias === undefined ? undefined : ports.keys.byAlias(alias);
  if (key === undefined) throw notFound();
  return key;
}

const notFound = (): Failure => new Failure('not-found', 'Key not found in database', { param: 'key' });

/** The fields in our own units. Left out stays left out; null clears. */
function settingsOf(ports: Ports, fields: KeyFields): KeySettings {
  const { key_alias, aliases, team_id, duration, budget_fallbacks, keep_bodies } = fields;
  checkKept(ports, keep_bodies ?? 0);
  return defined({
    ...termsOf(ports, fields),
    alias: key_alias,
    aliases: aliases === null ? {} : aliases,
    project: team_id,
    budgetFallbacks: budget_fallbacks === null ? {} : budget_fallbacks,
    keepBodies: keep_bodies,
    expires: duration == null ? duration : endOf(duration, ports.clock.now(), 'duration'),
  });
}

function checkKept(ports: Ports, days: number): void {
  const { keepBodiesDays: most } = ports.config();
  if (days > most)
    throw invalid(
      `keep_bodies ${days} is too much: prompts and answers are kept for ${most} days at most, as general_settings.keep_bodies_days says.`,
      'keep_bodies',
    );
}
