import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import { numberIn, objectIn } from '../../lib/json.ts';
import { dollarsIn } from '../alerts/raise-plan.ts';
import { configurationOf, editConfiguration } from '../configuration/edit-configuration.ts';
import type { OpenFolder } from '../projects/projects.ts';

/** Asks what a new project may spend, keeps that in the configuration, and gives it to the window's projects that have no budget. */
export async function setDefaultBudget(access: GatewayAccess, folders: readonly OpenFolder[]): Promise<void> {
  const title = l10n.t('Purser: Budget of New Projects');
  const before = (await configurationOf(access)).budgets.default_team_params ?? undefined;
  const text = await vscode.window.showInputBox({
    title,
    prompt: l10n.t(
      'How many dollars may each project spend? Every folder that you open is one. Leave it empty for no limit.',
    ),
    value: String(before?.max_budget ?? 5),
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed.trim() === '' || dollarsIn(typed) !== undefined
        ? undefined
        : l10n.t('An amount such as 5 or 2.50 is needed, or nothing.'),
  });
  if (text === undefined) return;
  const max_budget = dollarsIn(text);
  if (max_budget === undefined) {
    await editConfiguration(access, [{ type: 'budgets', values: { default_team_params: null } }]);
    return;
  }
  const window = await vscode.window.showQuickPick(windowsOf(), { title, placeHolder: l10n.t('In which time?') });
  if (window === undefined) return;
  const budget = { max_budget, budget_duration: window.duration };
  await editConfiguration(access, [{ type: 'budgets', values: { default_team_params: budget } }]);
  const given = await giveTo(access, folders, budget);
  const these = given.length === 0 ? '' : ` ${l10n.t('So do the open ones: {0}.', given.join(', '))}`;
  const said = l10n.t('Purser: New projects may spend ${0} {1}.', max_budget, window.label.toLowerCase());
  void vscode.window.showInformationMessage(said + these);
}

const windowsOf = () => [
  { label: l10n.t('A day'), duration: '1d' },
  { label: l10n.t('A week'), duration: '7d' },
  { label: l10n.t('A month'), duration: '1mo' },
];

interface Budget {
  readonly max_budget: number;
  readonly budget_duration: string;
}

/** A project that has a budget keeps it. */
async function giveTo(
  access: GatewayAccess,
  folders: readonly OpenFolder[],
  budget: Budget,
): Promise<readonly string[]> {
  const given = new Map<string, string>();
  for (const { id, title } of folders.map(({ project }) => project)) {
    const info = objectIn(await askGateway(access, `/team/info?team_id=${encodeURIComponent(id)}`));
    if (given.has(id) || numberIn(objectIn(info['team_info'])['max_budget']) !== undefined) continue;
    await askGateway(access, '/team/update', { team_id: id, ...budget });
    given.set(id, title);
  }
  return [...given.values()];
}
