import type { CloseRecord } from '../ledger/records.ts';

/** What was counted since the start, for Prometheus. */
export interface Metrics {
  see(row: CloseRecord): void;
  /** How many calls were seen. */
  readonly seen: number;
  /** Prometheus' text format, with what is so just now. */
  text(gauges: Gauges): string;
}

/** How things are just now. */
export interface Gauges {
  readonly running: number;
  /** Set aside for calls under way, dollars. */
  readonly held: number;
  /** Rows that wait for a journal that can be written. */
  readonly waiting: number;
  /** Whether all spending is paused. */
  readonly paused: boolean;
}

/** Of the text that `text` gives. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Seconds. */
const bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Of each counter; clients may ask for any name behind a wildcard. */
const mostSeries = 500;

export function metrics(): Metrics {
  const calls = counter('purser_calls_total', 'Calls that were booked, by how they ended.');
  const tokens = counter('purser_tokens_total', 'Tokens; the kinds do not overlap.');
  const cost = counter('purser_cost_dollars_total', 'What the calls cost.');
  const total = histogram('purser_call_seconds', 'From the request to the end of its answer.');
  const first = histogram('purser_first_token_seconds', 'From the request to the first piece of its answer.');
  let seen = 0;
  return {
    get seen() {
      return seen;
    },
    see({ group, provider, status, usage, cost: spent, totalMs, firstTokenMs }) {
      seen += 1;
      const labels = `model="${escaped(group)}",provider="${escaped(provider)}"`;
      calls.add(`${labels},status="${status}"`, 1);
      cost.add(labels, (spent ?? 0) / 1e9);
      if (usage !== null) {
        for (const kind of kinds) if (usage[kind] > 0) tokens.add(`${labels},kind="${kind}"`, usage[kind]);
      }
      total.see(totalMs / 1000);
      if (firstTokenMs !== null) first.see(firstTokenMs / 1000);
    },
    text: ({ running, held, waiting, paused }) =>
      [
        ...[calls, tokens, cost, total, first].flatMap((metric) => metric.lines()),
        ...gauge('purser_calls_running', 'Calls under way.', running),
        ...gauge('purser_held_dollars', 'Set aside for calls under way.', held),
        ...gauge('purser_journal_waiting_rows', 'Rows that wait for a journal that can be written.', waiting),
        ...gauge('purser_spending_paused', '1 while all spending is paused.', paused ? 1 : 0),
        '',
      ].join('\n'),
  };
}

const kinds = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'output'] as const;

const escaped = (text: string): string => text.replace(/["\\\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));

const head = (name: string, help: string, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const gauge = (name: string, help: string, value: number): string[] => [
  ...head(name, help, 'gauge'),
  `${name} ${value}`,
];

/** A sum for each set of labels; those beyond the most are summed without any. */
function counter(name: string, help: string) {
  const values = new Map<string, number>();
  return {
    add(labels: string, amount: number): void {
      const place = values.has(labels) || values.size < mostSeries ? labels : 'model="other"';
      values.set(place, (values.get(place) ?? 0) + amount);
    },
    lines: () => [
      ...head(name, help, 'counter'),
      ...[...values].map(([labels, value]) => `${name}{${labels}} ${value}`),
    ],
  };
}

/** A bucket holds what the smaller ones hold too. */
const sumUntil = (counts: readonly number[], last: number): number =>
  counts.slice(0, last + 1).reduce((sum, one) => sum + one, 0);

function histogram(name: string, help: string) {
  const counts = bounds.map(() => 0);
  let count = 0;
  let sum = 0;
  return {
    see(seconds: number): void {
      count += 1;
      sum += seconds;
      const index = bounds.findIndex((bound) => seconds <= bound);
      if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
    },
    lines: () => [
      ...head(name, help, 'histogram'),
      ...bounds.map((bound, index) => `${name}_bucket{le="${bound}"} ${sumUntil(counts, index)}`),
      `${name}_bucket{le="+Inf"} ${count}`,
      `${name}_sum ${sum}`,
      `${name}_count ${count}`,
    ],
  };
}
