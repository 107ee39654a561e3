import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import { isArray, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { BudgetOwner } from './budget-owner.ts';
import { cheaperModels, isFree, perMillion, pricedModels, type PricedModel } from './cheaper-models.ts';

type Owned = BudgetOwner & { readonly type: 'key' | 'project' };

/** Whose keys are to go on with which model when their budget cannot pay. */
export interface Switching {
  readonly access: GatewayAccess;
  readonly owner: Owned;
  readonly title: string;
  /** Whether something is left of the budget. */
  readonly hasMoney: boolean;
}

/** Offers models that cost less, and has the key, or all of the project's, go on with one when the budget cannot pay for the model that is asked for. */
export async function switchToCheaper({ access, owner, title, hasMoney }: Switching): Promise<boolean> {
  const filter =
    owner.type === 'key' ? `key=${encodeURIComponent(owner.id)}` : `project=${encodeURIComponent(owner.id)}`;
  const report = objectIn(await askGateway(access, `/purser/report?by=group&${filter}`));
  const used = stringIn(objectsIn(report['lines'])[0]?.['name']);
  const models = pricedModels(objectIn(await askGateway(access, '/purser/models'))['data']);
  const offered = cheaperModels(models, used, hasMoney);
  if (offered.length === 0) {
    const free = l10n.t('Purser: No free model is configured to go on with. A local server such as Ollama has some.');
    const none = l10n.t('Purser: No model is configured that costs less than {0}.', used ?? '?');
    void vscode.window.showInformationMessage(hasMoney ? none : free);
    return false;
  }
  const picked = await vscode.window.showQuickPick(offered.map(pickOf), {
    title: l10n.t('Purser: Cheaper Model for {0}', title),
    placeHolder: l10n.t('Which model answers when the budget cannot pay for the one that is asked for?'),
    matchOnDescription: true,
  });
  if (picked === undefined) return false;
  for (const key of await keysOf(access, owner))
    await askGateway(access, '/key/update', { key, budget_fallbacks: { '*': [picked.label] } });
  const said = l10n.t('{0} answers when the budget cannot pay', picked.label);
  vscode.window.setStatusBarMessage(`$(check) ${said}`, 5_000);
  return true;
}

const pickOf = (model: PricedModel): vscode.QuickPickItem => ({
  label: model.name,
  description: isFree(model)
    ? l10n.t('free: goes on when all is spent')
    : l10n.t('{0} in, {1} out for a million tokens', perMillion(model.input ?? 0), perMillion(model.output ?? 0)),
});

/** A project's keys go on together; keys of its own that others made are among them. */
async function keysOf(access: GatewayAccess, { type, id }: Owned): Promise<readonly string[]> {
  if (type === 'key') return [id];
  const { keys } = objectIn(await askGateway(access, `/team/info?team_id=${encodeURIComponent(id)}`));
  return isArray(keys) ? objectsIn(keys).flatMap((key) => stringIn(key['token']) ?? []) : [];
}
