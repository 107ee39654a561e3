import { useMemo } from 'preact/hooks';
import type { Budget, Grouping, Report } from '../src/admin/contract.ts';
import { useAsk, useKept } from './asking.ts';
import { StackedColumns } from './chart.tsx';
import { change, counted, dollars, exactDollars, percent, short, span, whole, windowName } from './format.ts';
import { groupingTitles, nameOf, nameless, namesOf, sources, type Names } from './names.ts';
import { Bar, Choice, Empty, Section, Segments, Trouble } from './parts.tsx';
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
        <Segments label="Period" value={range} options={ranges} onChange={setRange} />
        <Choice label="By" value={by} options={groupingTitles} onChange={setBy} />
      </div>
      {report.data === undefined ? <Awaited /> : <Figures report={report.data} range={range} />}
      {report.data !== undefined && report.data.total.calls === 0 && <Start />}
      {report.data !== undefined && report.data.total.calls > 0 && (
        <Section title="Spend over time">
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
    <span class="unseen">Loading…</span>
  </div>
);

export const Loading = () => (
  <p class="quiet loading" role="status">
    Loading…
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
  const before = range === '1' ? 'yesterday' : 'before';
  const tokensIn = total.input + total.cacheRead + total.cacheWrite;
  return (
    <dl class="tiles" aria-live="polite">
      <Tile title="Spend" figure={dollars(total.cost)} exact={exactDollars(total.cost)}>
        <Change now={total.cost} before={previous.total.cost} than={before} />
      </Tile>
      <Tile title="This month" figure={dollars(spent?.month ?? 0)} {...(spent && { exact: exactDollars(spent.month) })}>
        {end === undefined ? 'too early for a forecast' : `${dollars(end)} by its end at this pace`}
      </Tile>
      <Tile title="Requests" figure={whole(total.calls)}>
        {total.failed === 0 ? 'none failed' : <span class="bad">{whole(total.failed)} failed</span>}
        {total.cached > 0 && `, ${whole(total.cached)} from the cache`}
      </Tile>
      <Tile title="Tokens" figure={short(tokensIn + total.output)}>
        {short(tokensIn)} in, {short(total.output)} out
      </Tile>
      <Tile title="Prompt caching saved" figure={dollars(Math.max(0, total.saved))} exact={exactDollars(total.saved)}>
        {tokensIn === 0 ? 'no input yet' : `${percent(total.cacheRead / tokensIn)} of the input was cached`}
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

function Change({ now, before, than }: { readonly now: number; readonly before: number; readonly than: string }) {
  const text = change(now, before);
  return <>{text === undefined ? `nothing ${than}` : `${text}, ${dollars(before)} ${than}`}</>;
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
      label={`Spend by ${by}, ${dollars(report.total.cost)} in all`}
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
    <Section title={`By ${title.toLowerCase()}`}>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="number">
                Spend
              </th>
              <th scope="col" class="number optional">
                Change
              </th>
              <th scope="col" class="number">
                Requests
              </th>
              <th scope="col" class="number optional">
                Tokens
              </th>
            </tr>
          </thead>
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
                <td class="number quiet optional">{change(line.cost, line.previousCost ?? 0) ?? 'new'}</td>
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
    <Section title="Budgets" {...(nearest.length > 0 && { note: counted(nearest.length, 'budget') })}>
      {nearest.length === 0 ? (
        <Empty title="No budgets yet">
          Give a key or a project one under Keys and projects, or the whole gateway with{' '}
          <code>litellm_settings.max_budget</code> in the configuration.
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
  const state = used >= 1 ? 'spent' : end !== undefined && end > max ? `${dollars(end)} at this pace` : undefined;
  return (
    <li>
      <div class="line">
        <span class="cut" title={title}>
          {capital(title)}
        </span>
        <span class="figure" title={`${exactDollars(spent)} of ${exactDollars(max)}`}>
          {dollars(spent)} <span class="quiet">of {dollars(max)}</span>
        </span>
      </div>
      <Bar
        share={used}
        tone="budget"
        held={max > 0 ? held / max : 0}
        label={`${title}: ${percent(used)} of ${dollars(max)} ${windowName(duration)} spent`}
      />
      <div class="line quiet">
        <span>
          {percent(used)} {windowName(duration)}
          {held > 0 && `, ${dollars(held)} held`}
          {state !== undefined && <span class={used >= 1 ? 'bad' : 'warn'}>, {state}</span>}
        </span>
        <span>{until === null ? 'never reset' : `resets in ${span(until - now)}`}</span>
      </div>
    </li>
  );
}

function Sources({ report: { sources: sums, total } }: { readonly report: Report }) {
  return (
    <Section title="How costs are known">
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Spend</th>
            <th scope="col">Requests</th>
          </tr>
        </thead>
        <tbody>
          {sums.map(({ name, cost, calls }) => {
            const [title, meaning] = sources[name ?? ''] ?? [name ?? 'Unknown', ''];
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
                <td class="number quiet">{counted(calls, 'request')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
