import type { Failure, FailureKind } from '../chat/failure.ts';
import type { Clock } from '../lib/time.ts';
import { accountCooldownMs, cooldownAfter, isAccountsFault, isProvidersFault, type CooldownRules } from './cooldown.ts';
import { newStats, tallyAt, type Stats } from './stats.ts';

/** What health is kept of. */
export interface Watched {
  /** Its own for each model behind a wildcard, unlike an id. */
  readonly healthId: string;
  /** The account whose key it uses, shared with other deployments; undefined where there is no key. */
  readonly keyedAccount: string | undefined;
}

/** Something that is left alone for a while. Times are milliseconds since the epoch. */
export interface Cooling {
  /** The account's name, where all its deployments are left alone. */
  readonly account?: string;
  readonly since: number;
  readonly until: number;
  readonly kind: FailureKind;
  readonly message: string;
  /** How often in a row it was found ill. */
  readonly strikes: number;
  /** Its time is over, and one call tries whether it is well again. */
  probing: boolean;
}

/** `due`: its time is over, and the next call will be the probe. */
export type Condition =
  { readonly state: 'healthy' } | { readonly state: 'cooling' | 'due' | 'probing'; readonly cooling: Cooling };

/** One attempt under way, as far as health learns from it. */
export interface Run {
  /** It is well: `ms` until a stream's first content, or for each token of a whole answer, where that was measured. */
  readonly answered: (ms?: number, stream?: boolean) => void;
  readonly failed: (failure: Failure, rules: CooldownRules, isAlone: boolean) => void;
  /** It is over, however; the first time counts. */
  readonly end: (tokens: number) => void;
}

/** Which deployments and accounts are well. */
export interface Health {
  readonly of: (one: Watched) => Condition;
  readonly stats: (one: Watched) => Stats;
  /** Begins an attempt; the first one after a cooling is its probe. */
  readonly begin: (one: Watched) => Run;
  /** Forgets that it is to be left alone, and its account too. */
  readonly tryNow: (one: Watched) => void;
}

/** Told when a deployment or an account begins to be left alone. */
export type Tell = (one: Watched, cooling: Cooling) => void;

const healthy: Condition = { state: 'healthy' };
/** Names of models come from callers where a deployment has a wildcard, so what is remembered has an end. */
const mostKept = 5_000;

export function healthOf(clock: Clock, tell: Tell = () => undefined): Health {
  const { troubleOf, cool, heal, healAll } = troubles(clock, tell);
  const statsOf = allStats(clock);
  return {
    of(one) {
      const cooling = troubleOf(one);
      if (cooling === undefined) return healthy;
      if (cooling.probing) return { state: 'probing', cooling };
      return { state: cooling.until > clock.now() ? 'cooling' : 'due', cooling };
    },
    stats: statsOf,
    begin(one) {
      const stats = statsOf(one);
      tallyAt(stats, clock.now()).requests += 1;
      stats.inFlight += 1;
      const probed = troubleOf(one);
      if (probed !== undefined) probed.probing = true;
      let ended = false;
      return {
        answered(ms, stream) {
          heal(one);
          if (ms !== undefined) stats.latency[stream ? 'stream' : 'whole'].add(ms, clock.now());
        },
        failed(failure, rules, isAlone) {
          if (!isProvidersFault(failure)) return;
          const now = clock.now();
          const tally = tallyAt(stats, now);
          tally.failures += 1;
          stats.lastError = { at: now, kind: failure.kind, message: failure.message };
          const probe = probed !== undefined && !rules.disabled && !isAlone ? rules.ms : undefined;
          const ms = cooldownAfter(failure, tally, rules, isAlone) ?? probe;
          if (ms !== undefined) cool(one, failure, ms);
        },
        end(tokens) {
          if (ended) return;
          ended = true;
          stats.inFlight -= 1;
          tallyAt(stats, clock.now()).tokens += tokens;
          if (probed !== undefined) probed.probing = false;
        },
      };
    },
    tryNow: healAll,
  };
}

function allStats(clock: Clock): (one: Watched) => Stats {
  const kept = new Map<string, Stats>();
  return ({ healthId }) => {
    const known = kept.get(healthId);
    if (known !== undefined) return known;
    const made = newStats(clock.now());
    kept.set(healthId, made);
    if (kept.size > mostKept) forgetOldest(kept);
    return made;
  };
}

/** Which deployments and accounts are left alone: where all are well there is nothing to look at. */
function troubles(clock: Clock, tell: Tell) {
  const deployments = new Map<string, Cooling>();
  const accounts = new Map<string, Cooling>();

  /** What keeps it from being well: of its own trouble and its account's the one that lasts longer. */
  const troubleOf = ({ healthId, keyedAccount }: Watched): Cooling | undefined => {
    if (deployments.size === 0 && accounts.size === 0) return undefined;
    const own = deployments.get(healthId);
    const shared = keyedAccount === undefined ? undefined : accounts.get(keyedAccount);
    return own === undefined || (shared !== undefined && shared.until > own.until) ? shared : own;
  };
  const cool = (one: Watched, failure: Failure, ms: number): void => {
    const account = isAccountsFault(failure) ? one.keyedAccount : undefined;
    const [where, name] = account === undefined ? [deployments, one.healthId] : [accounts, account];
    const before = where.get(name);
    const now = clock.now();
    if (before !== undefined && !before.probing && before.until > now && before.until >= now + ms) return;
    const strikes = (before?.strikes ?? 0) + 1;
    const lasts = account === undefined ? ms : risen(strikes);
    const { kind, message } = failure;
    const cooling = { since: now, until: now + lasts, kind, message, strikes, probing: false };
    const made: Cooling = account === undefined ? cooling : { account, ...cooling };
    where.set(name, made);
    if (where.size > mostKept) forgetOldest(where);
    if (before === undefined || before.until <= now) tell(one, made);
  };
  const heal = ({ healthId, keyedAccount }: Watched): void => {
    if (deployments.size === 0 && accounts.size === 0) return;
    deployments.delete(healthId);
    if (keyedAccount !== undefined) accounts.delete(keyedAccount);
  };
  const healAll = (one: Watched): void => {
    heal(one);
    // A wildcard's models have names of their own after its id.
    const [id = ''] = one.healthId.split(' ', 1);
    for (const name of deployments.keys()) if (name.startsWith(`${id} `)) deployments.delete(name);
  };
  return { troubleOf, cool, heal, healAll };
}

const risen = (strikes: number): number =>
  Math.min(accountCooldownMs.first * 2 ** Math.min(strikes - 1, 10), accountCooldownMs.most);

function forgetOldest(kept: Map<string, Stats | Cooling>): void {
  for (const [name, one] of kept) {
    if ('inFlight' in one && one.inFlight > 0) continue;
    kept.delete(name);
    return;
  }
}
