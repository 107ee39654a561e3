import { timingSafeEqual } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import type { FollowedRecord, KeyDeletedRecord, KeyRecord } from '../ledger/records.ts';
import { isArray } from '../lib/json.ts';
import type { Json } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import { checkSettings, keyJson, readKey } from './key-record.ts';
import type { KeySettings } from './key-record.ts';
import { blankTerms } from './terms.ts';
import { checkSecret, hashKey, hintOf, newSecret } from './virtual-key.ts';
import type { VirtualKey } from './virtual-key.ts';

/** A secret that nobody will see again, and what the journal must keep of it. */
export interface Issued {
  readonly secret: string;
  readonly record: KeyRecord;
}

/** How a secret is replaced: by one that someone chose or a fresh one, the old one staying good for `graceMs`. */
export interface Rotation {
  readonly secret?: string;
  readonly graceMs?: number;
}

/**
 * The virtual keys. `created`, `changed`, `deleted` and `rotated` check a change and give its record; nothing changes
 * until that record is in the journal and comes back through `apply`, which is also how recovery rebuilds the keys.
 */
export class Keys {
  readonly #clock: Clock;
  #byId = new Map<string, VirtualKey>();
  /** Ids by the hashes that open them: the secret's, and the previous secret's. */
  #byHash = new Map<string, string>();
  #byAlias = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The key that this secret opens: its own, or the one before it within its grace. Blocked and expired keys are found too. */
  find(secret: string): VirtualKey | undefined {
    return this.findByHash(hashKey(secret));
  }

  /** The same, of a secret's hash. */
  findByHash(hash: string): VirtualKey | undefined {
    const key = this.#byId.get(this.#byHash.get(hash) ?? '');
    if (!key) return undefined;
    if (isSame(key.hash, hash)) return key;
    const { previous } = key;
    return previous && isSame(previous.hash, hash) && this.#clock.now() < previous.until ? key : undefined;
  }

  /** By id, by the hash of its secret, or by the secret itself, as LiteLLM's routes take it. */
  get(name: string): VirtualKey | undefined {
    if (name.startsWith('sk-')) return this.find(name);
    return this.#byId.get(name) ?? this.#byId.get(this.#byHash.get(name) ?? '');
  }

  byAlias(alias: string): VirtualKey | undefined {
    return this.#byId.get(this.#byAlias.get(alias) ?? '');
  }

  /** In the order they were made. */
  list(): readonly VirtualKey[] {
    return [...this.#byId.values()];
  }

  /** A new key, with a secret that someone chose or a fresh one. */
  created(settings: KeySettings, chosen?: string): Issued {
    if (chosen !== undefined) checkSecret(chosen);
    const secret = chosen ?? newSecret();
    const id = hashKey(secret);
    this.#checkHash(id);
    const now = this.#clock.now();
    const blank = { ...blankKey, id, hash: id, hint: hintOf(secret), createdAt: now, updatedAt: now };
    return { secret, record: this.#record(blank, settings) };
  }

  /** Settings that are left out stay, null clears one. */
  changed(id: string, settings: KeySettings): KeyRecord {
    return this.#record(this.#known(id), settings);
  }

  deleted(id: string): KeyDeletedRecord {
    return { type: 'key-deleted', at: this.#clock.now(), id: this.#known(id).id };
  }

  /** A new secret for the same key: what it has spent and may do stays. */
  rotated(id: string, { secret: chosen, graceMs = 0 }: Rotation, settings: KeySettings = {}): Issued {
    if (chosen !== undefined) checkSecret(chosen);
    const secret = chosen ?? newSecret();
    const hash = hashKey(secret);
    this.#checkHash(hash);
    const key = this.#known(id);
    const previous = { hash: key.hash, until: this.#clock.now() + graceMs };
    return { secret, record: this.#record({ ...key, previous, hash, hint: hintOf(secret) }, settings) };
  }

  /** Throws for a key that this version cannot read. Records of other things change nothing. */
  apply(record: FollowedRecord): void {
    if (record.type === 'key-deleted') this.#remove(record.id);
    if (record.type === 'key') this.#put(readKey(record.key));
  }

  /** For the checkpoint; it goes with the sequence number that the journal has in this tick. */
  snapshot(): Json {
    return this.list().map(keyJson);
  }

  /** Throws, and changes nothing, for what `snapshot` cannot have written. */
  restore(json: Json): void {
    if (!isArray(json)) throw new TypeError('the keys in the checkpoint are damaged');
    const keys = json.map(readKey);
    this.#byId = new Map();
    this.#byHash = new Map();
    this.#byAlias = new Map();
    for (const key of keys) this.#put(key);
  }

  #record(key: VirtualKey, settings: KeySettings): KeyRecord {
    checkSettings(settings);
    // A decision of the owner ends a pause.
    const ended = settings.blocked === undefined ? {} : { pause: null };
    const changed = { ...key, ...ended, ...settings, updatedAt: this.#clock.now() };
    const { alias } = changed;
    const other = alias === null ? undefined : this.#byAlias.get(alias);
    if (other !== undefined && other !== key.id)
      throw invalid(`Another key has the alias "${String(alias)}".`, 'key_alias');
    return { type: 'key', at: changed.updatedAt, id: key.id, key: keyJson(changed) };
  }

  #known(id: string): VirtualKey {
    const key = this.get(id);
    if (!key) throw new Failure('not-found', 'Key not found in database', { param: 'key' });
    return key;
  }

  #checkHash(hash: string): void {
    if (this.#byHash.has(hash) || this.#byId.has(hash)) throw invalid('This key exists already.', 'key');
  }

  #put(key: VirtualKey): void {
    this.#forget(key.id);
    this.#byId.set(key.id, key);
    if (key.previous) this.#byHash.set(key.previous.hash, key.id);
    this.#byHash.set(key.hash, key.id);
    if (key.alias !== null) this.#byAlias.set(key.alias, key.id);
  }

  #remove(id: string): void {
    this.#forget(id);
    this.#byId.delete(id);
  }

  /** Takes a key out of the indexes, but leaves its place in the order. */
  #forget(id: string): void {
    const key = this.#byId.get(id);
    if (!key) return;
    this.#byHash.delete(key.hash);
    if (key.previous) this.#byHash.delete(key.previous.hash);
    if (key.alias !== null) this.#byAlias.delete(key.alias);
  }
}

const blankKey = {
  ...blankTerms,
  project: null,
  budgetFallbacks: {},
  keepBodies: null,
  expires: null,
  pause: null,
} as const;

const isSame = (known: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(known, 'hex'), Buffer.from(hash, 'hex'));
