import { formatDollars, type NanoUsd } from '../../chat/money.ts';
import type { Status } from '../../admin/status-routes.ts';
import type { GatewayState } from '../../windows/gateway-thread.ts';
import type { Words } from '../words.ts';
import { levelAt, nearestOf, percentOf, type Level } from './budget-level.ts';
import { tooltipOf } from './status-tooltip.ts';

/** What the user wants to see. */
export interface Display {
  /** `budget`: what was spent, and how much of the budget that is; `today`: today's spend alone; `icon`: neither. */
  readonly show: 'budget' | 'today' | 'icon' | 'off';
  /** Digits after the dollar's point. */
  readonly digits: number;
}

/** What is known of the gateway at a moment, milliseconds since the epoch. */
export interface Seen {
  readonly state: GatewayState;
  /** Undefined until the gateway has told. */
  readonly status: Status | undefined;
  /** The month's models, dearest first. */
  readonly models: readonly ModelSpend[];
  readonly display: Display;
  /** False in Restricted Mode. */
  readonly isTrusted: boolean;
  /** What the window is connected to (`ssh-remote`, `wsl`, ...), where the gateway then runs. */
  readonly remote?: string | undefined;
  readonly now: number;
}

export interface ModelSpend {
  readonly name: string;
  /** Nano-dollars. */
  readonly cost: number;
}

/** What the status bar item says, in text, on hover and to a screen reader. */
export interface StatusText {
  readonly text: string;
  /** Markdown; what comes from outside is escaped in it. */
  readonly tooltip: string;
  readonly label: string;
  readonly look: 'plain' | 'warning' | 'error';
}

type Running = GatewayState & { readonly type: 'running' };

export function statusText(seen: Seen, l10n: Words): StatusText {
  const { state, status } = seen;
  switch (state.type) {
    case 'starting':
      return simple(seen, l10n, '$(loading~spin) Purser', l10n.t('The gateway is starting'));
    case 'stopped':
      return simple(seen, l10n, '$(circle-slash) Purser', l10n.t('The gateway is stopped'));
    case 'failed':
      if (state.why === 'folder-taken')
        return simple(seen, l10n, '$(pulse) Purser', l10n.t('Another Purser has the data of this one'));
      return { ...simple(seen, l10n, '$(error) Purser', troubleOf(state.why, l10n)), look: 'error' };
    case 'running':
      return status === undefined
        ? simple(seen, l10n, '$(pulse) Purser', l10n.t('The gateway runs on {0}', state.url))
        : spending(seen, state, status, l10n);
  }
}

type Trouble = (GatewayState & { readonly type: 'failed' })['why'];

function troubleOf(why: Trouble, l10n: Words): string {
  switch (why) {
    case 'port-taken':
      return l10n.t('The port of the gateway is taken by another program');
    case 'other-purser':
      return l10n.t('The port of the gateway has the Purser of another editor');
    case 'outdated':
      return l10n.t('Another window runs a newer Purser; reload this one');
    case 'configuration':
      return l10n.t('The configuration has mistakes');
    case 'crashed':
      return l10n.t('The gateway stopped unexpectedly; it is started again');
    case 'folder-taken':
    case 'other':
      return l10n.t('The gateway could not start');
  }
}

const simple = (seen: Seen, l10n: Words, text: string, label: string): StatusText => ({
  text,
  label: `Purser: ${label}`,
  tooltip: tooltipOf(seen, label, l10n),
  look: 'plain',
});

function spending(seen: Seen, state: Running, status: Status, l10n: Words): StatusText {
  const { own, tightest } = nearestOf(status);
  const level = tightest === undefined ? 'calm' : levelAt(percentOf(tightest));
  const amount = own !== undefined && seen.display.show === 'budget' ? own.spent : status.today;
  const parts = [shortDollars(amount, seen.display.digits)];
  if (own !== undefined && seen.display.show === 'budget') parts.push(`${percentOf(own)}%`);
  const figures = seen.display.show === 'icon' ? '' : ` ${parts.join(' · ')}`;
  const hasNoKey = status.providers === 0 && status.month === 0;
  const paused = status.paused !== null || status.project?.blocked === true;
  return {
    text: paused
      ? `$(debug-pause)${figures}`
      : hasNoKey
        ? `$(key) ${l10n.t('Purser: no key yet')}`
        : `${icons[level]}${figures}`,
    tooltip: tooltipOf(seen, undefined, l10n),
    label: `Purser: ${sentences(state, status, l10n).join(', ')}`,
    look: paused ? 'warning' : looks[level],
  };
}

/** The editor has only two colours for this, so the step between is told by the icon. */
const looks: Record<Level, StatusText['look']> = {
  calm: 'plain',
  near: 'warning',
  'very-near': 'warning',
  spent: 'error',
};
const icons: Record<Level, string> = {
  calm: '$(pulse)',
  near: '$(pulse)',
  'very-near': '$(warning)',
  spent: '$(error)',
};

/** All that the colours and icons say, in words. */
function sentences(state: Running, status: Status, l10n: Words): readonly string[] {
  const { own, tightest } = nearestOf(status);
  const said = [l10n.t('gateway running')];
  if (state.adopted) said.push(l10n.t('in another window'));
  if (status.paused !== null) said.push(l10n.t('all spending is paused'));
  if (status.project?.blocked === true) said.push(l10n.t('this project is paused'));
  if (status.providers === 0 && status.month === 0) said.push(l10n.t('no provider key yet'));
  if (own !== undefined) said.push(budgetSaid(own, l10n));
  if (tightest !== undefined && tightest !== own) said.push(budgetSaid(tightest, l10n));
  const whose = status.project?.title ?? l10n.t('everything');
  said.push(l10n.t('{0} spent today on {1}', dollars(status.today), whose));
  return said;
}

const budgetSaid = (budget: { title: string; spent: number; max: number }, l10n: Words): string =>
  l10n.t('{0} percent of the budget of {1} spent', percentOf(budget), budget.title);

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);

/** A status bar has no room for millionths. */
export function shortDollars(nano: number, digits: number): string {
  const least = 10 ** -digits;
  return nano > 0 && nano / 1e9 < least ? `<$${least.toFixed(digits)}` : `$${(nano / 1e9).toFixed(digits)}`;
}
