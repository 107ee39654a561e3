import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Method, Params, Result } from '../src/admin/contract.ts';
import { Refusal, type Host } from './host.ts';

export const HostContext = createContext<Host | undefined>(undefined);

/** Rises with everything that is booked, so that what shows money asks again. */
export const RevisionContext = createContext(0);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === undefined) throw new Error('no host');
  return host;
}

export interface Asked<T> {
  /** The newest answer; it stays while the next one is awaited, so nothing flickers. */
  readonly data: T | undefined;
  readonly refusal: Refusal | undefined;
  readonly again: () => void;
}

/** Asks, and asks again when the question changes, when something was booked, and every `everyMs` while the page is seen. */
export function useAsk<M extends Method>(method: M, params: Params<M>, everyMs?: number): Asked<Result<M>> {
  const host = useHost();
  const revision = useContext(RevisionContext);
  const [answer, setAnswer] = useState<{ data?: Result<M>; refusal?: Refusal }>({});
  const question = JSON.stringify([method, params]);
  const newest = useRef(0);
  const ask = useCallback(() => {
    const turn = (newest.current += 1);
    const take = (next: { data?: Result<M>; refusal?: Refusal }): void => {
      if (turn === newest.current) setAnswer((before) => ({ ...before, refusal: undefined, ...next }) as typeof before);
    };
    host.ask(method, params).then(
      (data) => take({ data }),
      (error: unknown) => take({ refusal: refusalOf(error) }),
    );
  }, [host, question]);
  useEffect(ask, [ask, revision]);
  useEffect(() => (everyMs === undefined ? undefined : whileSeen(ask, everyMs)), [ask, everyMs]);
  return { data: answer.data, refusal: answer.refusal, again: ask };
}

/** Does this again and again while the page is seen, and at once when it is seen again. */
export function whileSeen(run: () => void, everyMs: number): () => void {
  const runIfSeen = (): void => {
    if (document.visibilityState === 'visible') run();
  };
  const timer = setInterval(runIfSeen, everyMs);
  document.addEventListener('visibilitychange', runIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', runIfSeen);
  };
}

export const refusalOf = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(error instanceof Error ? error.message : String(error));

export interface Doing {
  readonly busy: boolean;
  readonly refusal: Refusal | undefined;
  readonly run: (task: () => Promise<void>) => void;
}

/** One task at a time, with what went wrong. */
export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; refusal?: Refusal }>({ busy: false });
  const run = useCallback((task: () => Promise<void>) => {
    setState({ busy: true });
    task().then(
      () => setState({ busy: false }),
      (error: unknown) => setState({ busy: false, refusal: refusalOf(error) }),
    );
  }, []);
  return { busy: state.busy, refusal: state.refusal, run };
}

/** What came of trying something. */
export interface Found {
  readonly good: boolean;
  readonly text: string;
}

export interface Trial {
  readonly busy: boolean;
  readonly found: Found | undefined;
  /** A trial that gives nothing is a success without words. */
  readonly run: (task: () => Promise<Found | undefined>) => void;
}

/** Tries something on demand, and has what came of it or what stood in its way. */
export function useTrial(): Trial {
  const { busy, refusal, run } = useDoing();
  const [found, setFound] = useState<Found>();
  return {
    busy,
    found: refusal === undefined ? found : { good: false, text: refusal.message },
    run: (task) =>
      run(async () => {
        setFound(undefined);
        setFound(await task());
      }),
  };
}

/** Asks for the gateway's revision while the page is seen. */
export function useRevision(host: Host, everyMs = 2_000): number {
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    const look = (): void =>
      void host.ask('spend', {}).then(
        ({ revision: now }) => setRevision(now),
        () => undefined,
      );
    const end = whileSeen(look, everyMs);
    const endListening = host.onChanged(() => setRevision((before) => before + 0.001));
    look();
    return () => {
      end();
      endListening();
    };
  }, [host, everyMs]);
  return revision;
}

/** A value that outlives the page: a hidden webview is thrown away. */
export function useKept<T extends string>(name: string, otherwise: T): [T, (value: T) => void] {
  const host = useHost();
  const stored = host.kept();
  const kept = typeof stored === 'object' && stored !== null ? (stored as Readonly<Record<string, unknown>>) : {};
  const [value, setValue] = useState<T>(typeof kept[name] === 'string' ? (kept[name] as T) : otherwise);
  return [
    value,
    (next) => {
      const now = host.kept();
      host.keep({ ...(typeof now === 'object' ? now : {}), [name]: next });
      setValue(next);
    },
  ];
}
