import * as vscode from 'vscode';
import { panelActions, type PanelAction } from '../admin/contract.ts';
import { baseUrlOf } from '../admin/gateway-client.ts';
import { runningGateway } from '../admin/handlers.ts';
import { Failure, toFailure } from '../chat/failure.ts';
import type { GatewayThread } from '../windows/gateway-thread.ts';
import { openConfiguration } from './configuration/configuration-file.ts';
import type { Log } from './care/safe-log.ts';
import { choosePort } from './settings.ts';
import { createKey } from './virtual-keys.ts';

export interface CommandPorts {
  readonly gateway: GatewayThread;
  readonly configFile: string;
  readonly log: Log;
  readonly openPanel: () => void;
  /** Remembers that the user wants to use the gateway of another installation, by its holder file. */
  readonly trust: (holderFile: string) => Thenable<void>;
}

/** All but that of provider-keys/. */
type Command = Exclude<PanelAction, 'addProviderKey'>;

/** Registers the panel's actions, which are commands too. */
export function registerCommands(ports: CommandPorts): vscode.Disposable {
  const commands = commandsOf(ports);
  const names = panelActions.filter((name) => name !== 'addProviderKey');
  return registered(ports.log, names, commands);
}

/** Registers commands by their names without `purser.`; what goes wrong is said. */
export const registered = <Name extends string>(
  log: Log,
  names: readonly Name[],
  commands: Readonly<Record<Name, () => Promise<void>>>,
): vscode.Disposable =>
  vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(`purser.${name}`, () => told(log, commands[name]))),
  );

export const runAction = async (action: PanelAction): Promise<void> => {
  await vscode.commands.executeCommand(`purser.${action}`);
};

/** What goes wrong is said to the user, in words that are meant for one. */
export async function told(log: Log, run: () => Promise<void>): Promise<void> {
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
