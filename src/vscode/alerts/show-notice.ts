import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway } from '../../admin/gateway-client.ts';
import { formatDollars, type NanoUsd } from '../../chat/money.ts';
import type { Raised } from '../../gateway/events.ts';
import { blockOf, ownerOf, type BudgetOwner } from './budget-owner.ts';
import type { Notice } from './decide.ts';
import { raiseBudget, type RaisePorts } from './raise-budget.ts';
import { switchToCheaper } from './switch-model.ts';

interface Action {
  readonly title: string;
  readonly run: () => Promise<unknown>;
}

/** Shows a notice with what can be done about it, and does that. Resolves when the user has answered. */
export async function showNotice(ports: RaisePorts, notice: Notice): Promise<void> {
  const { text, isSerious, actions } = spoken(ports, notice);
  const show = isSerious ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const chosen = await show(`Purser: ${text}`, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === chosen)?.run();
}

interface Spoken {
  readonly text: string;
  readonly isSerious: boolean;
  readonly actions: readonly Action[];
}

function spoken(ports: RaisePorts, notice: Notice): Spoken {
  switch (notice.type) {
    case 'budget': {
      const { event } = notice;
      const isSpent = event.type === 'budget-refused' || event.percent >= 100;
      return { text: budgetText(event), isSerious: isSpent, actions: budgetActions(ports, event) };
    }
    case 'soft-budget': {
      const { event } = notice;
      const text = l10n.t(
        '{0} has spent {1}, more than the {2} that you wanted to be told of. Nothing is blocked.',
        ...[capital(event.title), dollars(event.spent), dollars(event.max)],
      );
      return { text, isSerious: false, actions: [openPanel()] };
    }
    case 'runaway':
      return { text: notice.event.message, isSerious: true, actions: runawayActions(ports, notice.event) };
  }
}

type BudgetEvent = (Notice & { readonly type: 'budget' })['event'];

function budgetText(event: BudgetEvent): string {
  const { title, spent, max, resetsAt } = event;
  const reset = resetsAt === null ? l10n.t('It is never reset.') : l10n.t('It resets on {0}.', time(resetsAt));
  const parts = [capital(title), dollars(spent), dollars(max), reset];
  if (event.type === 'budget-refused')
    return l10n.t('{0} cannot pay for a call any more: {1} of {2} are spent. {3}', ...parts);
  const { percent } = event;
  if (percent >= 100)
    return l10n.t('{0} has spent its budget: {1} of {2}. Paid calls are refused until then. {3}', ...parts);
  return l10n.t('{0} has spent {4} % of its budget: {1} of {2}. {3}', ...parts, percent);
}

function budgetActions(ports: RaisePorts, event: BudgetEvent): readonly Action[] {
  const { scope, title, resetsAt: until, spent, max } = event;
  const owner = ownerOf(scope);
  if (owner.type === 'configured') return [openPanel(), openConfiguration()];
  const raise = { title: l10n.t('Raise...'), run: () => raiseBudget(ports, { ...event, until }) };
  if (owner.type === 'gateway') return [raise, pauseAll(), openPanel()];
  const hasMoney = spent < max;
  const cheaper = {
    title: l10n.t('Switch to a Cheaper Model'),
    run: () => switchToCheaper({ access: ports.access(), owner, title, hasMoney }),
  };
  return [raise, cheaper, pause(ports, owner, title, l10n.t('Pause'))];
}

type Runaway = Raised & { readonly type: 'runaway' };

function runawayActions(ports: RaisePorts, { key, title, paused }: Runaway): readonly Action[] {
  const letRun = { title: l10n.t('Let It Run'), run: () => Promise.resolve() };
  // The admin key cannot be blocked, only all spending can.
  if (key === 'admin') return [pauseAll(), letRun];
  const owner = { type: 'key', id: key } as const;
  if (paused) return [{ title: l10n.t('Let It Run'), run: () => setBlocked(ports, owner, false) }, openPanel()];
  return [pause(ports, owner, title, l10n.t('Pause Key')), letRun];
}

type Owned = BudgetOwner & { readonly type: 'key' | 'project' };

const pause = (ports: RaisePorts, owner: Owned, whose: string, title: string): Action => ({
  title,
  async run() {
    await setBlocked(ports, owner, true);
    const resume = l10n.t('Resume');
    const text = l10n.t(
      'Purser: {0} is paused. Calls under way come to their end, new ones are refused.',
      capital(whose),
    );
    if ((await vscode.window.showInformationMessage(text, resume)) === resume) await setBlocked(ports, owner, false);
  },
});

async function setBlocked({ access }: RaisePorts, owner: Owned, isBlocked: boolean): Promise<void> {
  const { path, body } = blockOf(owner, isBlocked);
  await askGateway(access(), path, body);
}

const command = (title: string, name: string): Action => ({
  title,
  run: () => Promise.resolve(vscode.commands.executeCommand(name)),
});
const openPanel = (): Action => command(l10n.t('Open Panel'), 'purser.openPanel');
const openConfiguration = (): Action => command(l10n.t('Open Configuration'), 'purser.openConfiguration');
const pauseAll = (): Action => command(l10n.t('Pause All Spending'), 'purser.pauseSpending');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const dollars = (nano: number): string => formatDollars(nano as NanoUsd);
const time = (at: number): string => new Date(at).toLocaleString(vscode.env.language, when);
const when = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
