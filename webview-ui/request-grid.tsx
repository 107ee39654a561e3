import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Row } from '../src/admin/contract.ts';
import { exactDollars, fullMoment, moment, short, smallDollars, taken } from './format.ts';
import { t } from './l10n.ts';
import { statusNames, type Names } from './names.ts';

const rowHeight = 26;
/** Drawn beyond what is seen, so that scrolling shows no gaps. */
const beyond = 10;

interface GridProps {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly more: () => void;
  readonly names: Names;
  readonly chosen: Row | undefined;
  readonly onChoose: (row: Row) => void;
}

const columns = [
  ['time', t('Time')],
  ['model', t('Model')],
  ['key', t('Key')],
  ['project', t('Project')],
  ['assistant', t('Assistant')],
  ['tokens', t('Tokens')],
  ['took', t('Took')],
  ['cost', t('Cost')],
] as const;

/** Of however many rows only those that are seen are in the page. */
export function RequestGrid({ rows, total, more, names, chosen, onChoose }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, height: 600 });
  const [current, setCurrent] = useState(0);
  /** The same at once: the next key may come before the page is drawn. */
  const at = useRef(0);
  const wantsFocus = useRef(false);
  const first = Math.max(0, Math.floor(place.top / rowHeight) - beyond);
  const last = Math.min(rows.length, Math.ceil((place.top + place.height) / rowHeight) + beyond);
  const look = (): void => {
    const { current: one } = scroller;
    if (one !== null) setPlace({ top: one.scrollTop, height: one.clientHeight });
  };
  useEffect(look, [rows.length]);
  useEffect(() => {
    window.addEventListener('resize', look);
    return () => window.removeEventListener('resize', look);
  }, []);
  useEffect(() => {
    if (last >= rows.length - 2 * beyond) more();
  }, [last, rows.length]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[aria-rowindex="${at.current + 2}"]`)?.focus();
  }, [current, place]);

  const moveTo = (index: number): void => {
    at.current = index;
    setCurrent(index);
  };

  const goTo = (to: number): void => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    const { current: one } = scroller;
    wantsFocus.current = true;
    moveTo(index);
    if (one === null) return;
    const top = index * rowHeight;
    if (top < one.scrollTop) one.scrollTop = top;
    if (top + 2 * rowHeight > one.scrollTop + one.clientHeight) one.scrollTop = top + 2 * rowHeight - one.clientHeight;
    look();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(place.height / rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: at.current + 1, ArrowUp: at.current - 1 },
      ...{ PageDown: at.current + page, PageUp: at.current - page },
      ...{ Home: 0, End: rows.length - 1 },
    };
    const to = steps[event.key];
    const row = rows[at.current];
    if (to !== undefined) goTo(to);
    else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined) onChoose(row);
    else return;
    event.preventDefault();
  };
  const active = Math.min(current, Math.max(0, rows.length - 1));
  return (
    <div
      class="grid"
      role="grid"
      aria-label={t('Requests, newest first')}
      aria-rowcount={total + 1}
      ref={scroller}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div role="row" class="grid-row grid-head" aria-rowindex={1}>
        {columns.map(([name, title]) => (
          <span key={name} role="columnheader" class={classOf(name)}>
            {title}
          </span>
        ))}
      </div>
      <div role="rowgroup" class="grid-body" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => {
          const index = first + offset;
          return (
            <div
              key={row.seq}
              role="row"
              class={`grid-row ${row.status === 'done' ? '' : 'ill'}`}
              aria-rowindex={index + 2}
              aria-selected={row.seq === chosen?.seq}
              tabIndex={index === active ? 0 : -1}
              style={{ top: `${index * rowHeight}px` }}
              onFocus={() => moveTo(index)}
              onClick={() => onChoose(row)}
            >
              <Cells row={row} names={names} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const classOf = (name: string): string => `cell-${name}${['tokens', 'took', 'cost'].includes(name) ? ' number' : ''}`;

function Cells({ row, names }: { readonly row: Row; readonly names: Names }) {
  const { usage } = row;
  const tokensIn = usage === null ? 0 : usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;
  return (
    <>
      <span role="gridcell" class="cell-time" title={fullMoment(row.at)}>
        {moment(row.at)}
      </span>
      <span role="gridcell" class="cell-model" title={`${row.provider}/${row.model}`}>
        {row.status !== 'done' && <span class="bad">{statusNames[row.status] ?? row.status} </span>}
        {row.group}
      </span>
      <span role="gridcell" class="cell-key">
        {row.keyAlias ?? names.key(row.key)}
      </span>
      <span role="gridcell" class="cell-project">
        {row.project === null ? '' : names.project(row.project)}
      </span>
      <span role="gridcell" class="cell-assistant">
        {row.assistant}
      </span>
      <span role="gridcell" class="cell-tokens number">
        {usage === null ? '–' : `${short(tokensIn)} / ${short(usage.output)}`}
      </span>
      <span role="gridcell" class="cell-took number">
        {row.totalMs === null ? '–' : taken(row.totalMs)}
      </span>
      <span role="gridcell" class="cell-cost number" title={row.cost === null ? t('unknown') : exactDollars(row.cost)}>
        {row.cost === null ? t('unknown') : `${row.upperBound === true ? '≤ ' : ''}${smallDollars(row.cost)}`}
      </span>
    </>
  );
}
