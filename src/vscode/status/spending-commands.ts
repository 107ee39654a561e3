import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Paused } from '../../admin/pause-routes.ts';
import { Failure } from '../../chat/failure.ts';
import { formatDollars, type NanoUsd } from '../../chat/money.ts';
import type { GatewayThread } from '../../windows/gateway-thread.ts';
import { raiseBudget } from '../alerts/raise-budget.ts';
import type { SpendingCommand } from '../command-names.ts';
import { percentOf } from './budget-level.ts';
import { menuOf } from './status-menu.ts';
import type { WindowStatus } from './window-status.ts';

export interface SpendingPorts {
  readonly gateway: () => GatewayThread;
  readonly access: () => GatewayAccess;
  readonly status: WindowStatus;
}

const stopMs = 3_000;

export const spendingCommandsOf = (ports: SpendingPorts): Record<SpendingCommand, () => Promise<void>> => ({
  showMenu: () => showMenu(ports),
  start: () => ports.gateway().restart(),
  stop: () => ports.gateway().stop(stopMs),
  pauseSpending: () => setPaused(ports, true),
  resumeSpending: () => setPaused(ports, false),
  raiseBudget: () => raiseOne(ports),
});

async function showMenu({ status }: SpendingPorts): Promise<void> {
  const picks = menuOf(status.seen(), l10n);
  const picked = await vscode.window.showQuickPick(picks, {
    title: 'Purser',
    placeHolder: l10n.t('What shall be done?'),
  });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

async function setPaused({ access, status }: SpendingPorts, on: boolean): Promise<void> {
  // Our own gateway's answer, of this very version.
  const now = (await askGateway(access(), '/purser/pause', { on })) as Paused;
  status.look();
  if (!on) {
    vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Spending goes on')}`, 3_000);
    return;
  }
  await offerToStop(access, now);
}

/** Says what a pause does not do by itself, where there is any of it. */
async function offerToStop(access: () => GatewayAccess, { running }: Paused): Promise<void> {
  const paused = l10n.t('Purser: All spending is paused. Free models go on.');
  if (running === 0) {
    void vscode.window.showInformationMessage(paused);
    return;
  }
  const stop = l10n.t('Stop Them');
  const rest = l10n.t('Calls under way ({0}) come to their end and are paid for.', running);
  if ((await vscode.window.showInformationMessage(`${paused} ${rest}`, stop)) === stop)
    await askGateway(access(), '/purser/pause', { on: true, stopRunning: true });
}

/** Of the budgets that this window's work is on, the one that the user picks. */
async function raiseOne({ access, status }: SpendingPorts): Promise<void> {
  const budgets = status.seen().status?.budgets ?? [];
  if (budgets.length === 0)
    throw new Failure(
      'invalid-request',
      l10n.t('Neither this workspace nor the whole gateway has a budget. Open the panel to give it one.'),
    );
  const picks = [...budgets]
    .sort((a, b) => percentOf(b) - percentOf(a))
    .map((budget) => ({
      label: budget.title,
      description: `${dollars(budget.spent)} / ${dollars(budget.max)} · ${percentOf(budget)}%`,
      budget,
    }));
  const [only] = picks;
  const picked =
    picks.length === 1 ? only : await vscode.window.showQuickPick(picks, { title: l10n.t('Purser: Raise Budget') });
  if (picked !== undefined && (await raiseBudget({ access }, picked.budget))) status.look();
}

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);
