import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Status } from '../../admin/status-routes.ts';
import { Failure } from '../../chat/failure.ts';
import { objectIn } from '../../lib/json.ts';
import { perMillion, pricedModels, type PricedModel } from '../alerts/cheaper-models.ts';
import { configurationOf, editConfiguration } from '../configuration/edit-configuration.ts';

/** Asks which model answers to the names of a family that no provider serves, and keeps that as an alias in the configuration. */
export async function chooseStandIn(access: GatewayAccess, { unserved }: Pick<Status, 'unserved'>): Promise<void> {
  const { routing } = await configurationOf(access);
  const aliases = routing.model_group_alias ?? {};
  const chosen = Object.keys(aliases).filter((name) => name.includes('*'));
  const families = [...new Set([...unserved, ...chosen])];
  if (families.length === 0) {
    void vscode.window.showInformationMessage(
      l10n.t('Purser: Every family that assistants ask for has a provider. There is nothing to choose.'),
    );
    return;
  }
  const title = l10n.t('Purser: Model for a Family');
  const family = await vscode.window.showQuickPick(
    families.map((label) => ({ label, description: familySaid(label, aliases[label]) })),
    { title, placeHolder: l10n.t('Which names shall be answered?') },
  );
  if (family === undefined) return;
  const model = await pickModel(access, family.label);
  if (model === undefined) return;
  const model_group_alias = { ...aliases, [family.label]: model };
  await editConfiguration(access, [{ type: 'routing', values: { model_group_alias } }]);
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('{0} answers for {1}', model, family.label)}`, 5_000);
}

/** Which tools ask for these names unless they are told otherwise. */
function familySaid(family: string, now: string | undefined): string {
  const users: Readonly<Record<string, string>> = {
    'claude-*': l10n.t("Claude Code, Anthropic's SDKs"),
    'gpt-*': l10n.t("Codex, OpenAI's SDKs"),
    'gemini-*': l10n.t("Gemini CLI, Google's SDKs"),
  };
  const said = users[family] ?? '';
  return now === undefined ? said : `${said} · ${l10n.t('now: {0}', now)}`;
}

async function pickModel(access: GatewayAccess, family: string): Promise<string | undefined> {
  const models = pricedModels(objectIn(await askGateway(access, '/purser/models'))['data']);
  if (models.length === 0)
    throw new Failure('invalid-request', l10n.t('There is no model yet: add a provider key first.'));
  const picked = await vscode.window.showQuickPick(models.map(pickOf), {
    title: l10n.t('Purser: Model for {0}', family),
    placeHolder: l10n.t('Which model answers for them?'),
    matchOnDescription: true,
  });
  return picked?.label;
}

const pickOf = (model: PricedModel): vscode.QuickPickItem => ({
  label: model.name,
  description:
    model.input === undefined || model.output === undefined
      ? l10n.t('price unknown')
      : l10n.t('{0} in, {1} out for a million tokens', perMillion(model.input), perMillion(model.output)),
});
