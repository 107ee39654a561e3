import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Filter, Grouping, Row } from '../src/admin/contract.ts';
import { useAsk, useDoing, useHost, useKept } from './asking.ts';
import { plural, t } from './l10n.ts';
import { nameOf, type Names } from './names.ts';
import { useNames } from './overview.tsx';
import { Button, Choice, Empty, Segments, Trouble } from './parts.tsx';
import { beginOf } from './periods.ts';
import { RequestDetail, type Side } from './request-detail.tsx';
import { RequestGrid } from './request-grid.tsx';
import { useRows } from './rows.ts';

const spans = [
  ['1', t('Today')],
  ['7', t('7 days')],
  ['30', t('30 days')],
  ['all', t('All')],
] as const;
type Span = (typeof spans)[number][0];

const statuses = [
  ['', t('Any outcome')],
  ['done', t('Done')],
  ['failed', t('Failed')],
  ['timed-out', t('Timed out')],
  ['cancelled', t('Cancelled')],
  ['interrupted', t('Interrupted')],
] as const;

const sourceChoices = [
  ['', t('Any cost source')],
  ['reported', t('Reported')],
  ['computed', t('Computed')],
  ['estimated', t('Estimated')],
  ['assumed', t('Assumed')],
  ['unknown', t('Unknown')],
] as const;

/** Every call, newest first. `first` is what another view wants to be seen. */
export function RequestsView({ first }: { readonly first: Filter }) {
  const [range, setRange] = useKept<Span>('requestSpan', '30');
  const [filter, setFilter] = useState<Filter>(first);
  const [chosen, setChosen] = useState<Row>();
  const [side, setSide] = useState<Side>('call');
  const since = range === 'all' ? undefined : beginOf(range);
  const meant: Filter = useMemo(() => ({ ...filter, ...(since !== undefined && { since }) }), [filter, since]);
  const rows = useRows(meant);
  const names = useNames();
  const narrow = (name: keyof Filter, value: string | undefined): void => {
    setFilter(({ [name]: _, ...rest }) => (value === undefined ? rest : { ...rest, [name]: value }));
  };
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <div class="requests">
      <div class="toolbar">
        <Search value={filter.search ?? ''} onSearch={(text) => narrow('search', text === '' ? undefined : text)} />
        <Segments label={t('Period')} value={range} options={spans} onChange={setRange} />
        <Choice
          label={t('Outcome')}
          hideLabel
          value={filter.status ?? ''}
          options={statuses}
          onChange={(value) => narrow('status', value === '' ? undefined : value)}
        />
        <Facets filter={filter} since={since} names={names} narrow={narrow} />
        <Choice
          label={t('Cost source')}
          hideLabel
          value={filter.source ?? ''}
          options={sourceChoices}
          onChange={(value) => narrow('source', value === '' ? undefined : value)}
        />
        {isNarrowed && (
          <Button look="quiet" onClick={() => setFilter({})}>
            {t('Clear filters')}
          </Button>
        )}
      </div>
      {rows.refusal !== undefined && <Trouble refusal={rows.refusal} again={rows.again} />}
      <div class="tally">
        <p class="quiet" role="status">
          {rows.count === undefined ? t('Loading…') : plural(rows.count, '{0} request', '{0} requests')}
        </p>
        {rows.count !== undefined && rows.count > 0 && <Export filter={meant} />}
      </div>
      {rows.count === 0 ? (
        <Empty title={t('No requests')}>
          {isNarrowed
            ? t('None fits these filters. Clear them, or choose a longer period.')
            : t('Point a tool at the base URL with one of your keys; its first request shows up here.')}
        </Empty>
      ) : (
        <div class={`split ${chosen === undefined ? '' : side === 'call' ? 'open' : 'open reading'}`}>
          <RequestGrid
            rows={rows.rows}
            total={rows.count ?? 0}
            more={rows.more}
            names={names}
            chosen={chosen}
            onChoose={setChosen}
          />
          {chosen !== undefined && (
            <RequestDetail {...{ row: chosen, names, side }} onSide={setSide} onClose={() => setChosen(undefined)} />
          )}
        </div>
      )}
    </div>
  );
}

function Search({ value, onSearch }: { readonly value: string; readonly onSearch: (text: string) => void }) {
  const [text, setText] = useState(value);
  const known = useRef(value);
  useEffect(() => {
    if (known.current === value) return; // what is typed meanwhile stays
    known.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onSearch((known.current = text.trim())), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      type="search"
      class="search"
      aria-label={t('Search requests')}
      placeholder={t('Search model, key, project, session, call…')}
      spellcheck={false}
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

interface FacetsProps {
  readonly filter: Filter;
  readonly since: number | undefined;
  readonly names: Names;
  readonly narrow: (name: Grouping, value: string | undefined) => void;
}

const facets = [
  ['model', t('Model'), t('Any model')],
  ['project', t('Project'), t('Any project')],
  ['key', t('Key'), t('Any key')],
  ['assistant', t('Assistant'), t('Any assistant')],
] as const;

const Facets = (props: FacetsProps) => (
  <>
    {facets.map(([by, title, any]) => (
      <Facet key={by} by={by} title={title} any={any} {...props} />
    ))}
  </>
);

interface FacetProps extends FacetsProps {
  readonly by: Grouping;
  readonly title: string;
  readonly any: string;
}

/** Any value is told by a text that no name can be. */
const anyValue = '\n';

function Facet({ by, title, any, filter, since, names, narrow }: FacetProps) {
  const { data } = useAsk('report', { by, ...(since !== undefined ? { since } : { since: 0 }) });
  const found = (data?.lines ?? []).map(({ name }) => name ?? '');
  const chosen = filter[by];
  const all = chosen === undefined || found.includes(chosen) ? found : [chosen, ...found];
  if (all.length === 0 || (all.length === 1 && all[0] === '' && chosen === undefined)) return null;
  const options = [[anyValue, any], ...all.map((name) => [name, nameOf(names, by, name)])] as [string, string][];
  return (
    <Choice
      label={title}
      hideLabel
      value={chosen ?? anyValue}
      options={options}
      onChange={(value) => narrow(by, value === anyValue ? undefined : value)}
    />
  );
}

function Export({ filter }: { readonly filter: Filter }) {
  const host = useHost();
  const { busy, refusal, run } = useDoing();
  const [told, setTold] = useState('');
  const save = (format: 'csv' | 'json'): void =>
    run(async () => {
      const saved = await host.exportRows(format, filter);
      setTold(saved === null ? '' : t('Saved {0}', saved));
    });
  return (
    <span class="export">
      <Button disabled={busy} title={t('Every request under these filters')} onClick={() => save('csv')}>
        {t('Export CSV')}
      </Button>
      <Button disabled={busy} title={t('Every request under these filters')} onClick={() => save('json')}>
        {t('Export JSON')}
      </Button>
      <span role="status" class={refusal === undefined ? 'quiet' : 'bad'}>
        {refusal?.message ?? told}
      </span>
    </span>
  );
}
