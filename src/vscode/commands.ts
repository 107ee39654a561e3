import * as vscode from 'vscode';
import { panelActions, type PanelAction } from '../admin/contract.ts';
import { baseUrlOf } from '../admin/gateway-client.ts';
import { runningGateway } from '../admin/handlers.ts';
import { Failure, toFailure } from '../chat/failure.ts';
import type { GatewayThread } from '../windows/gateway-thread.ts';
import { openConfiguration } from './configuration-file.ts';
import { addProviderKey, removeProviderKey } from './provider-keys.ts';
import { choosePort } from './settings.ts';
import { createKey } from './virtual-keys.ts';

export interface CommandPorts {
  readonly gateway: GatewayThread;
  readonly secrets: vscode.SecretStorage;
  readonly configFile: string;
  readonly log: vscode.LogOutputChannel;
  readonly openPanel: () => void;
  /** Remembers that the user wants to use the gateway of another installation, by its holder file. */
  readonly trust: (holderFile: string) => Thenable<void>;
}

type Command = PanelAction | 'removeProviderKey';

/** Registers every `purser.*` command; the panel's actions are commands too. */
export function registerCommands(ports: CommandPorts): vscode.Disposable {
  const commands = commandsOf(ports);
  const names: readonly Command[] = [...panelActions, 'removeProviderKey'];
  return vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(`purser.${name}`, () => told(ports.log, commands[name]))),
  );
}

export const runAction = async (action: PanelAction): Promise<void> => {
  await vscode.commands.executeCommand(`purser.${action}`);
};

/** What goes wrong is said to the user, in words that are meant for one. */
export async function told(log: vscode.LogOutputChannel, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const failure = toFailure(error);
    log.error(failure.details.cause instanceof Error ? failure.details.cause : failure);
    void vscode.window.showErrorMessage(`Purser: ${failure.message}`);
  }
}

function commandsOf({
  gateway,
  secrets,
  configFile,
  log,
  openPanel,
  trust,
}: CommandPorts): Record<Command, () => Promise<void>> {
  const running = () => runningGateway(gateway.state);
  return {
    async copyBaseUrl() {
      const url = baseUrlOf(running());
      await vscode.env.clipboard.writeText(url);
      vscode.window.setStatusBarMessage(`$(check) Copied ${url}`, 3_000);
    },
    createKey: () => createKey(running()),
    async addProviderKey() {
      const name = await addProviderKey(secrets, running());
      if (name === undefined) return;
      vscode.window.setStatusBarMessage(`$(check) ${name} is in use`, 3_000);
    },
    async removeProviderKey() {
      const name = await removeProviderKey(secrets);
      if (name === undefined) return;
      vscode.window.setStatusBarMessage(`$(check) ${name} was removed`, 3_000);
    },
    openConfiguration: () => openConfiguration(configFile),
    choosePort,
    restart: () => gateway.restart(),
    async useOtherPurser() {
      const { state } = gateway;
      if (state.type !== 'failed' || state.file === undefined)
        throw new Failure('invalid-request', 'There is no other Purser at the port of this one.');
      await trust(state.file);
      await gateway.restart();
    },
    async reloadWindow() {
      await vscode.commands.executeCommand('workbench.action.reloadWindow');
    },
    openPanel: () => {
      openPanel();
      return Promise.resolve();
    },
    showLog: () => {
      log.show();
      return Promise.resolve();
    },
  };
}
