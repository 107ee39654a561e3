import { useId, useState } from 'preact/hooks';
import { axisDollars, dollars, exactDollars, timeName } from './format.ts';
import { t } from './l10n.ts';

export interface Column {
  readonly time: string;
  /** Nano-dollars by the place of the name. */
  readonly costs: readonly number[];
}

interface StackedProps {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  readonly label: string;
}

const total = (costs: readonly number[]): number => costs.reduce((sum, cost) => sum + cost, 0);

/** Stacked columns of spend over time, with the same figures as a table behind them. */
export function StackedColumns({ names, columns, label }: StackedProps) {
  const [pointed, setPointed] = useState<number>();
  const top = niceTop(Math.max(...columns.map(({ costs }) => total(costs)), 0));
  const told = pointed === undefined ? undefined : columns[pointed];
  const step = 100 / Math.max(1, columns.length);
  return (
    <figure class="chart">
      <div class="plot">
        <div class="scale" aria-hidden="true">
          {[1, 0.5, 0].map((part) => (
            <span key={part}>{axisDollars(top * part)}</span>
          ))}
        </div>
        <svg role="img" aria-label={label} onPointerLeave={() => setPointed(undefined)}>
          {[0, 50, 100].map((y) => (
            <line key={y} class="grid" x1="0" x2="100%" y1={`${y}%`} y2={`${y}%`} />
          ))}
          {columns.map((column, index) => (
            <g key={column.time} class={index === pointed ? 'pointed' : ''} onPointerEnter={() => setPointed(index)}>
              <rect class="behind" x={`${index * step}%`} width={`${step}%`} y="0" height="100%" />
              {pieces(column.costs, top).map(({ place, from, size }) => (
                <rect
                  key={place}
                  class={`colour-${place}`}
                  x={`${(index + 0.14) * step}%`}
                  width={`${step * 0.72}%`}
                  y={`${100 - from - size}%`}
                  height={`${size}%`}
                />
              ))}
            </g>
          ))}
        </svg>
        <div class="times" aria-hidden="true">
          {labelled(columns).map(({ time, at }) => (
            <span key={time} style={{ left: `${(at + 0.5) * step}%` }}>
              {timeName(time)}
            </span>
          ))}
        </div>
      </div>
      <Legend names={names} columns={columns} told={told} />
      <FigureTable names={names} columns={columns} label={label} />
    </figure>
  );
}

interface Piece {
  readonly place: number;
  readonly from: number;
  readonly size: number;
}

function pieces(costs: readonly number[], top: number): readonly Piece[] {
  let from = 0;
  return costs.flatMap((cost, place) => {
    if (cost <= 0 || top === 0) return [];
    const size = (100 * cost) / top;
    const piece = { place, from, size };
    from += size;
    return [piece];
  });
}

interface LegendProps extends Omit<StackedProps, 'label'> {
  readonly told: Column | undefined;
}

/** The names with their amounts: of the column that is pointed at, else of all. */
function Legend({ names, columns, told }: LegendProps) {
  const of = (place: number): number =>
    told === undefined ? total(columns.map(({ costs }) => costs[place] ?? 0)) : (told.costs[place] ?? 0);
  return (
    <figcaption class="legend">
      <span class="when">{told === undefined ? t('In all') : timeName(told.time)}</span>
      {names.map((name, place) => (
        <span key={name} class="entry">
          <svg class="swatch" aria-hidden="true">
            <rect class={`colour-${place}`} width="100%" height="100%" />
          </svg>
          <span class="cut" title={name}>
            {name}
          </span>
          <span class="figure">{dollars(of(place))}</span>
        </span>
      ))}
    </figcaption>
  );
}

function FigureTable({ names, columns, label }: StackedProps) {
  return (
    <details class="behind-chart">
      <summary>{t('Show as table')}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('Time')}</th>
              {names.map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col" class="number">
                {t('Total')}
              </th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ time, costs }) => (
              <tr key={time}>
                <th scope="row">{timeName(time)}</th>
                {names.map((name, place) => (
                  <td key={name} class="number" title={exactDollars(costs[place] ?? 0)}>
                    {dollars(costs[place] ?? 0)}
                  </td>
                ))}
                <td class="number">{dollars(total(costs))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The next of 1, 2, 5, 10, … that is enough. */
function niceTop(most: number): number {
  if (most <= 0) return 1e9;
  const unit = 10 ** Math.floor(Math.log10(most));
  return unit * ([1, 2, 5, 10].find((one) => one * unit >= most) ?? 10);
}

const mostLabels = 7;

/** As many of the times as find room. */
function labelled(columns: readonly Column[]): readonly { readonly time: string; readonly at: number }[] {
  const every = Math.ceil(columns.length / mostLabels);
  return columns.flatMap(({ time }, at) => (at % every === Math.floor((every - 1) / 2) ? [{ time, at }] : []));
}

interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
}

/** The last days at a glance. */
export function Sparkline({ values, label }: SparklineProps) {
  const id = useId();
  const most = Math.max(...values, 1);
  const step = 100 / Math.max(1, values.length);
  return (
    <svg class="sparkline" role="img" aria-labelledby={id}>
      <title id={id}>{label}</title>
      {values.map((value, index) => {
        const size = value > 0 ? Math.max(4, (100 * value) / most) : 0;
        return (
          <rect
            key={index}
            class={index === values.length - 1 ? 'now' : ''}
            x={`${(index + 0.1) * step}%`}
            width={`${step * 0.8}%`}
            y={`${100 - size}%`}
            height={`${size}%`}
          />
        );
      })}
    </svg>
  );
}
