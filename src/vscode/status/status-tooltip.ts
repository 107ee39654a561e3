import { formatDollars, type NanoUsd } from '../../chat/money.ts';
import type { Budget } from '../../admin/contract.ts';
import type { Status } from '../../admin/status-routes.ts';
import type { Words } from '../words.ts';
import { levelAt, percentOf } from './budget-level.ts';
import type { Seen } from './status-text.ts';

/** The commands that the tooltip may run, and no other. */
export const tooltipCommands = [
  'purser.openPanel',
  'purser.addProviderKey',
  'purser.raiseBudget',
  'purser.pauseSpending',
  'purser.resumeSpending',
  'purser.copyBaseUrl',
  'purser.start',
  'purser.showLog',
] as const;
type TooltipCommand = (typeof tooltipCommands)[number];

/** The item's tooltip, as markdown. `trouble`: what keeps the gateway from running. */
export function tooltipOf(
  { state, status, models, isTrusted, remote, now }: Seen,
  trouble: string | undefined,
  l10n: Words,
): string {
  if (state.type !== 'running' || status === undefined) {
    const actions = state.type === 'running' ? [] : [link('purser.start', l10n.t('Start')), showLog(l10n)];
    return paragraphs([`**Purser**`, trouble === undefined ? '' : `${plain(trouble)}.`, actions.join(' | ')]);
  }
  const { project, today, month, running, budgets, paused } = status;
  const whose = project === null ? l10n.t('All projects') : plain(project.title);
  const where = state.adopted ? l10n.t('runs in another window') : l10n.t('runs in this window');
  return paragraphs([
    `**Purser** · ${whose}`,
    paused === null ? '' : `$(debug-pause) **${l10n.t('All spending is paused; free models answer.')}**`,
    project?.blocked === true ? `$(debug-pause) **${l10n.t('This project is paused.')}**` : '',
    status.providers === 0 ? `$(key) ${l10n.t('No provider key yet: only the demo and local models answer.')}` : '',
    isTrusted ? '' : `$(shield) ${restricted(l10n)}`,
    l10n.t('Today {0}, this month {1}', `**${dollars(today)}**`, `**${dollars(month)}**`),
    budgetTable(budgets, now, l10n),
    topModels(models, l10n),
    running === 0 ? '' : `$(sync~spin) ${l10n.t('Calls in flight: {0}', running)}`,
    `\`${state.url}/v1\` · ${where}${remote === undefined ? '' : ` (${plain(remote)})`}`,
    actionsOf(status, l10n).join(' | '),
  ]);
}

const restricted = (l10n: Words): string =>
  l10n.t('Restricted Mode: no variables in terminals, and nothing is written into this folder, until you trust it.');

const paragraphs = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');

function budgetTable(budgets: readonly Budget[], now: number, l10n: Words): string {
  if (budgets.length === 0) return '';
  const lines = budgets.map((budget) => {
    const percent = percentOf(budget);
    const sign = { calm: '', near: '$(warning) ', 'very-near': '$(warning) ', spent: '$(error) ' }[levelAt(percent)];
    const reset = budget.until === null ? l10n.t('never') : inTime(budget.until - now, l10n);
    const amounts = l10n.t('{0} of {1}', dollars(budget.spent), dollars(budget.max));
    return `| ${sign}${plain(budget.title)} | ${amounts} | ${percent}% | ${reset} |`;
  });
  const head = [l10n.t('Budget'), l10n.t('Spent'), '', l10n.t('Resets')].join(' | ');
  return [`| ${head} |`, '| :-- | --: | --: | :-- |', ...lines].join('\n');
}

const shownModels = 3;

function topModels(models: Seen['models'], l10n: Words): string {
  const shown = models.slice(0, shownModels).map(({ name, cost }) => `${plain(name)} ${dollars(cost)}`);
  return shown.length === 0 ? '' : `${l10n.t('Models this month')}: ${shown.join(', ')}`;
}

function actionsOf({ paused, budgets, providers }: Status, l10n: Words): readonly string[] {
  return [
    ...(providers === 0 ? [link('purser.addProviderKey', l10n.t('Add key'))] : []),
    ...(budgets.length > 0 ? [link('purser.raiseBudget', l10n.t('Raise budget'))] : []),
    paused === null
      ? link('purser.pauseSpending', l10n.t('Pause all spending'))
      : link('purser.resumeSpending', l10n.t('Resume')),
    link('purser.openPanel', l10n.t('Open panel')),
    link('purser.copyBaseUrl', l10n.t('Copy base URL')),
  ];
}

const showLog = (l10n: Words): string => link('purser.showLog', l10n.t('Show log'));
const link = (command: TooltipCommand, title: string): string => `[${title}](command:${command})`;

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);

/** What people and providers have named, as text and nothing else: no link, no table cell, no icon. */
export const plain = (text: string): string =>
  text
    .replaceAll('$(', '$ (')
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&');

/** `in 3 h`, `in 2 days`. */
export function inTime(ms: number, l10n: Words): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return l10n.t('in {0} min', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? l10n.t('in {0} h', hours) : l10n.t('in {0} days', Math.round(hours / 24));
}
