import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Filter, Row } from '../src/admin/contract.ts';
import { refusalOf, RevisionContext, useHost } from './asking.ts';
import type { Refusal } from './host.ts';

const pageSize = 200;

export interface Rows {
  readonly rows: readonly Row[];
  readonly count: number | undefined;
  readonly refusal: Refusal | undefined;
  /** Asks for the next page, if there is one and it is not on its way. */
  readonly more: () => void;
  readonly again: () => void;
}

interface State {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly count?: number;
  readonly refusal?: Refusal;
}

const blank: State = { rows: [], next: null };

/** The rows under a filter, page by page; what is booked meanwhile comes in at the top, and nothing below moves. */
export function useRows(filter: Filter): Rows {
  const host = useHost();
  const revision = useContext(RevisionContext);
  const [state, setState] = useState<State>(blank);
  const turn = useRef(0);
  const isAsking = useRef(false);
  const question = JSON.stringify(filter);
  const asked = useRef(question);
  asked.current = question;

  const fail = (error: unknown): void => setState((before) => ({ ...before, refusal: refusalOf(error) }));
  const refresh = useCallback(
    (afresh: boolean) => {
      const mine = (turn.current += 1);
      host.ask('rows', { ...filter, limit: pageSize, count: 'true' }).then((page) => {
        if (mine !== turn.current) return;
        setState((before) => (afresh ? pageAlone(page) : joined(before, page)));
      }, fail);
    },
    [host, question],
  );
  useEffect(() => refresh(true), [refresh]);
  const seen = useRef(revision);
  useEffect(() => {
    if (seen.current !== revision) refresh(false);
    seen.current = revision;
  }, [revision]);

  const more = (): void => {
    const { next } = state;
    if (next === null || isAsking.current) return;
    isAsking.current = true;
    host
      .ask('rows', { ...filter, limit: pageSize, after: next })
      .then((page) => {
        // What came in at the top meanwhile changes nothing here; a new filter does.
        if (asked.current === question)
          setState((before) =>
            before.next === next ? { ...before, rows: [...before.rows, ...page.rows], next: page.next } : before,
          );
      }, fail)
      .finally(() => (isAsking.current = false));
  };
  return { rows: state.rows, count: state.count, refusal: state.refusal, more, again: () => refresh(true) };
}

interface Page {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly count?: number;
}

const pageAlone = ({ rows, next, count }: Page): State => ({ rows, next, ...(count !== undefined && { count }) });

/** The new rows on top of those that were loaded; where there is a gap between them, the page alone. */
function joined(before: State, page: Page): State {
  const known = new Set(before.rows.map(({ seq }) => seq));
  const fresh = page.rows.filter(({ seq }) => !known.has(seq));
  if (before.rows.length === 0 || fresh.length === page.rows.length) return pageAlone(page);
  const newest = new Map(page.rows.map((row) => [row.seq, row]));
  const old = before.rows.map((row) => newest.get(row.seq) ?? row);
  return { rows: [...fresh, ...old], next: before.next, ...(page.count !== undefined && { count: page.count }) };
}
