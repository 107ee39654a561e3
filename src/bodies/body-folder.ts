import { afterQuietly, type After, type Clock } from '../lib/time.ts';
import type { Bodies, BodyRules, CallName } from './bodies.ts';
import { bodyFiles } from './body-files.ts';
import { BodyIndex } from './body-index.ts';

export interface BodyFolderOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly rules: BodyRules;
  /** Hears a sentence once when things go wrong. */
  readonly tell: (sentence: string) => void;
  readonly after?: After;
}

/** Keeps bodies in a folder. Everything happens in turn, so whoever asks finds what was kept before. */
export function bodyFolder(options: BodyFolderOptions): Bodies {
  const { folder, clock, rules } = options;
  const files = bodyFiles(folder);
  const inTurn = turns();
  const trouble = troubleTeller(options);
  let index: BodyIndex | undefined;
  let waiting = 0;
  /** When it stops writing, on the monotonic clock. */
  let end = Infinity;

  /** Read when it is first needed: most gateways keep nothing. */
  const known = async (): Promise<BodyIndex> => (index ??= new BodyIndex(files, await files.list()));
  const isExpired = ({ at, key }: CallName): boolean => clock.now() >= at + rules.keptMs(key);
  const sweep = async (): Promise<void> => {
    const all = await known();
    await all.sweep(isExpired, rules.mostBytes());
    if (all.size > 0) sweepLater();
  };
  const sweepLater = hourly(options.after ?? afterQuietly, () => void inTurn(sweep).catch(trouble.tell));
  const write = async (name: CallName, made: Parameters<Bodies['keep']>[2]): Promise<void> => {
    // It may have been switched off while the call was under way.
    if (isExpired(name) || clock.monotonic() > end) return;
    const all = await known();
    all.add(await files.write(name, await made()));
    trouble.over();
    if (all.bytes > rules.mostBytes()) await sweep();
    sweepLater();
  };
  return {
    keep(name, weight, made) {
      if (waiting + weight > mostWaiting) {
        trouble.tell(new Error('they come faster than they can be written'));
        return;
      }
      waiting += weight;
      const written = inTurn(() => write(name, made));
      void written.catch(trouble.tell).finally(() => (waiting -= weight));
    },
    find: (call) =>
      inTurn(async () => {
        const file = (await known()).get(call);
        return file === undefined || isExpired(file) ? undefined : files.read(file).catch(trouble.tell);
      }),
    forget: (call) => inTurn(async () => (await known()).forget(call)),
    sweep: () => inTurn(sweep).catch(trouble.tell),
    state: () => inTurn(async () => ({ ...(await known()).sum(), trouble: trouble.now() })),
    close() {
      end = clock.monotonic() + lastWritesMs;
      return inTurn(() => Promise.resolve());
    },
  };
}

/** Bytes; what waits to be written beyond that is not kept: the disk does not keep up. */
const mostWaiting = 64 * 1024 * 1024;

/** Another process waits for the folder meanwhile. */
const lastWritesMs = 1_000;

/** Does one thing after the other, whether they succeed or not. */
function turns(): <T>(task: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = turn.then(task);
    turn = done.catch(() => undefined);
    return done;
  };
}

/** What goes wrong is told when it begins, and not again until it was well. */
function troubleTeller({ folder, tell }: BodyFolderOptions) {
  let now: string | undefined;
  return {
    now: () => now,
    over: () => void (now = undefined),
    tell: (error: unknown): undefined => {
      const why = `Prompts and answers cannot be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}.`;
      if (now === undefined) tell(why);
      now = why;
    },
  };
}

/** Runs it an hour after it was first asked for, and only then can be asked again. */
function hourly(after: After, run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    after(hourMs, () => {
      isDue = false;
      run();
    });
  };
}

const hourMs = 3_600_000;
