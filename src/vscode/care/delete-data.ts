import { basename } from 'node:path';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway } from '../../admin/gateway-client.ts';
import { runningGateway } from '../../admin/handlers.ts';
import type { Connections } from '../../connect/connections.ts';
import { disconnectAll, type AllDisconnected } from '../../connect/disconnect-all.ts';
import { disk } from '../../connect/disk.ts';
import type { GatewayThread } from '../../windows/gateway-thread.ts';

export interface DeletionPorts {
  readonly context: vscode.ExtensionContext;
  readonly gateway: GatewayThread;
  readonly connections: Connections;
  readonly erasure: Erasure;
}

/** How the files are deleted, which whoever holds the gateway does. */
export interface Erasure {
  /** Has whoever next holds the gateway begin with nothing. */
  readonly ask: () => void;
  /** Whether that is still to be done. */
  readonly isAsked: () => boolean;
  /** Does it here and now, for when no gateway can run. */
  readonly doIt: () => Promise<unknown>;
}

/** Asks first, and deletes everything that Purser keeps on this machine, whichever window holds the gateway. */
export async function deleteAllData(ports: DeletionPorts): Promise<void> {
  const { context, gateway, connections } = ports;
  const names = await context.secrets.keys();
  const connected = (await connections.list()).map(({ files }) => files.map(({ path }) => basename(path)).join(', '));
  if (!(await isAgreed(names, connected))) return;
  const outcome = await disconnectAll(connections, disk);
  await forget(context);
  for (const name of names) await context.secrets.delete(name);
  gateway.setVariables({});
  await erase(ports);
  await gateway.stop(stopMs);
  await tell(gateway, outcome);
}

const stopMs = 3_000;

async function isAgreed(keys: readonly string[], connected: readonly string[]): Promise<boolean> {
  const remove = l10n.t('Delete');
  const lines = [
    l10n.t('The ledger with every call, all virtual keys, projects and budgets, and what was recorded of calls'),
    l10n.t('The configuration (config.yaml)'),
    keys.length === 0
      ? l10n.t("No provider key: the editor's secret storage has none")
      : l10n.t("The provider keys in the editor's secret storage: {0}", keys.join(', ')),
    connected.length === 0
      ? l10n.t('No assistant is connected')
      : l10n.t('Connected assistants are disconnected, and their files are as they were: {0}', connected.join(', ')),
    l10n.t("The variables of this workspace's terminals; open terminals keep them until they are closed"),
  ];
  const detail = `${lines.map((line) => `• ${line}`).join('\n')}\n\n${l10n.t('This cannot be undone. Calls under way are cut off.')}`;
  const title = l10n.t('Delete all data of Purser on this machine?');
  return (await vscode.window.showWarningMessage(title, { modal: true, detail }, remove)) === remove;
}

/** What this window keeps in the editor itself. */
async function forget({ globalState, workspaceState, environmentVariableCollection }: vscode.ExtensionContext) {
  for (const state of [globalState, workspaceState]) for (const key of state.keys()) await state.update(key, undefined);
  environmentVariableCollection.clear();
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? [])
    environmentVariableCollection.getScoped({ workspaceFolder }).clear();
}

const patienceMs = 20_000;
const lookEveryMs = 100;

/** Only who has the data folder may delete what is in it, and another window may be quicker to have it than this one. */
async function erase({ gateway, erasure }: DeletionPorts): Promise<void> {
  erasure.ask();
  // The holder leaves; whoever holds it next, this window or another, deletes first.
  if (gateway.state.type === 'running') await askGateway(runningGateway(gateway.state), '/purser/handover', {});
  else await gateway.restart();
  const end = Date.now() + patienceMs;
  // A gateway that cannot run, because its port is taken, deletes nothing.
  while (erasure.isAsked() && Date.now() < end && gateway.state.type !== 'failed')
    await new Promise((go) => setTimeout(go, lookEveryMs));
  if (erasure.isAsked()) {
    await gateway.stop(stopMs);
    await erasure.doIt();
  }
}

async function tell(gateway: GatewayThread, { cleaned, failed }: AllDisconnected): Promise<void> {
  const again = l10n.t('Start Anew');
  const parts = [
    l10n.t(
      'Purser: All data is deleted, and the gateway is stopped in this window. Reload other windows, so that they forget their provider keys.',
    ),
    ...(cleaned.length === 0
      ? []
      : [
          l10n.t(
            "Edited since, so only Purser's part was taken out: {0}.",
            cleaned.map((path) => basename(path)).join(', '),
          ),
        ]),
    ...(failed.length === 0 ? [] : [l10n.t('Still pointing at Purser: {0}', failed.join(' '))]),
  ];
  const show = failed.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await show(parts.join(' '), again)) === again) await gateway.restart();
}
