import { useMemo } from 'preact/hooks';
import type { Budget, Grouping, Report } from '../src/admin/contract.ts';
import { useAsk, useKept } from './asking.ts';
import { StackedColumns } from './chart.tsx';
import { change, dollars, exactDollars, percent, short, span, whole, windowName } from './format.ts';
import { byTitles, groupingTitles, nameOf, nameless, namesOf, sources, type Names } from './names.ts';
import { plural, t } from './l10n.ts';
import { Bar, Choice, Empty, Head, Section, Segments, Trouble } from './parts.tsx';
import { beginOf, forecast, monthOf, ranges, stacksOf, type Range } from './periods.ts';
import { Start } from './start.tsx';

/** Where the money goes. */
export function OverviewView({ open }: { readonly open: (filter: Readonly<Record<string, string>>) => void }) {
  const [range, setRange] = useKept<Range>('range', '30');
  const [by, setBy] = useKept<Grouping>('by', 'model');
  const step = range === '1' ? 'hour' : 'day';
  const report = useAsk('report', { by, step, since: beginOf(range) });
  const names = useNames();
  if (report.refusal !== undefined && report.data === undefined)
    return <Trouble refusal={report.refusal} again={report.again} />;
  return (
    <>
      <div class="toolbar">
        <Segments label={t('Period')} value={range} options={ranges} onChange={setRange} />
        <Choice label={t('By')} value={by} options={groupingTitles} onChange={setBy} />
      </div>
      {report.data === undefined ? <Awaited /> : <Figures report={report.data} range={range} />}
      {report.data !== undefined && report.data.total.calls === 0 && <Start />}
      {report.data !== undefined && report.data.total.calls > 0 && (
        <Section title={t('Spend over time')}>
          <Chart report={report.data} by={by} step={step} names={names} />
        </Section>
      )}
      <div class="columns">
        {report.data === undefined && <div />}
        {report.data !== undefined && report.data.total.calls > 0 && (
          <Breakdown report={report.data} by={by} names={names} open={open} />
        )}
        <div class="column">
          <Budgets />
          {report.data !== undefined && report.data.total.calls > 0 && <Sources report={report.data} />}
        </div>
      </div>
    </>
  );
}

/** Takes the room of what is awaited, so that nothing jumps when it comes. */
const Awaited = () => (
  <div class="awaited" role="status">
    <span class="unseen">{t('Loading…')}</span>
  </div>
);

export const Loading = () => (
  <p class="quiet loading" role="status">
    {t('Loading…')}
  </p>
);

export function useNames(): Names {
  const { data: keys } = useAsk('keys', {});
  const { data: projects } = useAsk('projects', {});
  return useMemo(() => namesOf(keys?.keys ?? [], projects?.projects ?? []), [keys, projects]);
}

function Figures({ report: { total, previous }, range }: { readonly report: Report; readonly range: Range }) {
  const { data: spent } = useAsk('spend', {});
  const month = monthOf(Date.now());
  const end = spent && forecast({ ...month, spent: spent.month }, Date.now());
  const tokensIn = total.input + total.cacheRead + total.cacheWrite;
  return (
    <dl class="tiles" aria-live="polite">
      <Tile title={t('Spend')} figure={dollars(total.cost)} exact={exactDollars(total.cost)}>
        <Change now={total.cost} before={previous.total.cost} isToday={range === '1'} />
      </Tile>
      <Tile
        title={t('This month')}
        figure={dollars(spent?.month ?? 0)}
        {...(spent && { exact: exactDollars(spent.month) })}
      >
        {end === undefined ? t('too early for a forecast') : t('{0} by its end at this pace', dollars(end))}
      </Tile>
      <Tile title={t('Requests')} figure={whole(total.calls)}>
        {total.failed === 0 ? (
          t('none failed')
        ) : (
          <span class="bad">{plural(total.failed, '{0} failed', '{0} failed')}</span>
        )}
        {total.cached > 0 && `, ${t('{0} from the cache', whole(total.cached))}`}
      </Tile>
      <Tile title={t('Tokens')} figure={short(tokensIn + total.output)}>
        {t('{0} in, {1} out', short(tokensIn), short(total.output))}
      </Tile>
      <Tile
        title={t('Prompt caching saved')}
        figure={dollars(Math.max(0, total.saved))}
        exact={exactDollars(total.saved)}
      >
        {tokensIn === 0 ? t('no input yet') : t('{0} of the input was cached', percent(total.cacheRead / tokensIn))}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly title: string;
  readonly figure: string;
  readonly exact?: string;
  readonly children: preact.ComponentChildren;
}

const Tile = ({ title, figure, exact, children }: TileProps) => (
  <div class="tile">
    <dt>{title}</dt>
    <dd class="figure" title={exact}>
      {figure}
    </dd>
    <dd class="quiet">{children}</dd>
  </div>
);

interface ChangeProps {
  readonly now: number;
  readonly before: number;
  readonly isToday: boolean;
}

function Change({ now, before, isToday }: ChangeProps) {
  const text = change(now, before);
  if (text === undefined) return <>{isToday ? t('nothing yesterday') : t('nothing before')}</>;
  const amount = dollars(before);
  return <>{isToday ? t('{0}, {1} yesterday', text, amount) : t('{0}, {1} before', text, amount)}</>;
}

interface ChartProps {
  readonly report: Report;
  readonly by: Grouping;
  readonly step: 'day' | 'hour';
  readonly names: Names;
}

function Chart({ report, by, step, names }: ChartProps) {
  const stacks = useMemo(() => stacksOf(report, step, nameless[by]), [report, step, by]);
  const shown = stacks.names.map((name) => (name === nameless[by] ? name : nameOf(names, by, name)));
  return (
    <StackedColumns
      names={shown}
      columns={stacks.columns}
      label={t('Spend over time, {0} in all', dollars(report.total.cost))}
    />
  );
}

interface BreakdownProps {
  readonly report: Report;
  readonly by: Grouping;
  readonly names: Names;
  readonly open: (filter: Readonly<Record<string, string>>) => void;
}

function Breakdown({ report: { lines, total }, by, names, open }: BreakdownProps) {
  const title = groupingTitles.find(([name]) => name === by)?.[1] ?? by;
  return (
    <Section title={byTitles[by]}>
      <div class="scroll">
        <table>
          <Head
            columns={[
              title,
              [t('Spend'), 'number'],
              [t('Change'), 'number optional'],
              [t('Requests'), 'number'],
              [t('Tokens'), 'number optional'],
            ]}
          />
          <tbody>
            {lines.map((line) => (
              <tr key={line.name}>
                <th
                  scope="row"
                  class="shared"
                  style={{ '--share': `${total.cost > 0 ? (100 * line.cost) / total.cost : 0}%` }}
                >
                  <button type="button" class="link cut" onClick={() => open({ [by]: line.name ?? '' })}>
                    {nameOf(names, by, line.name)}
                  </button>
                </th>
                <td class="number" title={exactDollars(line.cost)}>
                  {dollars(line.cost)}
                </td>
                <td class="number quiet optional">{change(line.cost, line.previousCost ?? 0) ?? t('new')}</td>
                <td class="number">{whole(line.calls)}</td>
                <td class="number optional">{short(line.input + line.cacheRead + line.cacheWrite + line.output)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Budgets() {
  const { data, refusal, again } = useAsk('budgets', {});
  if (refusal !== undefined && data === undefined) return <Trouble refusal={refusal} again={again} />;
  if (data === undefined) return null;
  const nearest = [...data.budgets].sort((a, b) => share(b) - share(a));
  return (
    <Section
      title={t('Budgets')}
      {...(nearest.length > 0 && { note: plural(nearest.length, '{0} budget', '{0} budgets') })}
    >
      {nearest.length === 0 ? (
        <Empty title={t('No budgets yet')}>
          {t(
            'Give a key or a project one under Keys and projects, or the whole gateway with litellm_settings.max_budget in the configuration.',
          )}
        </Empty>
      ) : (
        <ul class="budgets">
          {nearest.map((budget) => (
            <BudgetLine
              key={`${budget.scope} ${String(budget.duration)} ${budget.max}`}
              budget={budget}
              now={data.now}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

const share = ({ spent, max }: Pick<Budget, 'spent' | 'max'>): number => (max > 0 ? spent / max : 1);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function BudgetLine({ budget, now }: { readonly budget: Budget; readonly now: number }) {
  const { title, spent, max, held, duration, until } = budget;
  const used = share(budget);
  const end = forecast(budget, now);
  const state =
    used >= 1 ? t('spent') : end !== undefined && end > max ? t('{0} at this pace', dollars(end)) : undefined;
  return (
    <li>
      <div class="line">
        <span class="cut" title={title}>
          {capital(title)}
        </span>
        <span class="figure" title={t('{0} of {1}', exactDollars(spent), exactDollars(max))}>
          {dollars(spent)} <span class="quiet">{t('of {0}', dollars(max))}</span>
        </span>
      </div>
      <Bar
        share={used}
        tone="budget"
        held={max > 0 ? held / max : 0}
        label={t('{0}: {1} of {2} {3} spent', title, percent(used), dollars(max), windowName(duration))}
      />
      <div class="line quiet">
        <span>
          {percent(used)} {windowName(duration)}
          {held > 0 && `, ${t('{0} held', dollars(held))}`}
          {state !== undefined && <span class={used >= 1 ? 'bad' : 'warn'}>, {state}</span>}
        </span>
        <span>{until === null ? t('never reset') : t('resets in {0}', span(until - now))}</span>
      </div>
    </li>
  );
}

function Sources({ report: { sources: sums, total } }: { readonly report: Report }) {
  return (
    <Section title={t('How costs are known')}>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">{t('Source')}</th>
            <th scope="col">{t('Spend')}</th>
            <th scope="col">{t('Requests')}</th>
          </tr>
        </thead>
        <tbody>
          {sums.map(({ name, cost, calls }) => {
            const [title, meaning] = sources[name ?? ''] ?? [name ?? t('Unknown'), ''];
            return (
              <tr key={name}>
                <th
                  scope="row"
                  class="shared"
                  title={meaning}
                  style={{ '--share': `${total.cost > 0 ? (100 * cost) / total.cost : 0}%` }}
                >
                  {title}
                </th>
                <td class="number" title={exactDollars(cost)}>
                  {dollars(cost)}
                </td>
                <td class="number quiet">{plural(calls, '{0} request', '{0} requests')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
