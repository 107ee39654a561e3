import { join } from 'node:path';
import * as vscode from 'vscode';
import type { GatewayAccess } from '../admin/gateway-client.ts';
import { runningGateway } from '../admin/handlers.ts';
import type { Status } from '../admin/status-routes.ts';
import { connectionsIn } from '../connect/connections.ts';
import { disk } from '../connect/disk.ts';
import type { GatewayState, GatewayThread } from '../windows/gateway-thread.ts';
import { alerts } from './alerts/alert-watch.ts';
import { showNotice } from './alerts/show-notice.ts';
import type { Log } from './care/safe-log.ts';
import { beginningCommands, spendingCommands, type BeginningCommand } from './command-names.ts';
import { registered, told } from './commands.ts';
import { hasTerminalEnvironment } from './projects/terminal-environment.ts';
import type { Projects } from './projects/projects.ts';
import { alertSettings } from './settings.ts';
import { spendingCommandsOf } from './status/spending-commands.ts';
import { windowStatus } from './status/window-status.ts';
import { openWalkthrough, walkthroughProgress } from './walkthrough/walkthrough.ts';

export interface SpendingPorts {
  readonly context: vscode.ExtensionContext;
  readonly gateway: () => GatewayThread;
  readonly projects: Projects;
  readonly log: Log;
  /** Hears when what the gateway tells is not what it told before. */
  readonly onChange: () => void;
}

export interface Spending {
  /** To be told of every state of the gateway. */
  readonly onState: (state: GatewayState) => void;
}

/** What this window shows of what is spent: its status bar item, its alerts, and how far its user has come. */
export function registerSpending({ context, gateway, projects, log, onChange }: SpendingPorts): Spending {
  const access = (): GatewayAccess => runningGateway(gateway().state);
  const walkthrough = walkthroughProgress(context);
  const connections = connectionsIn(join(context.globalStorageUri.fsPath, 'connections'), disk);
  const alerting = alerts({
    wishes: alertSettings,
    isFocused: () => vscode.window.state.focused,
    show: (notice) => void told(log, () => showNotice({ access }, notice)),
  });
  const onStatus = (status: Status | undefined): void => {
    void vscode.commands.executeCommand('setContext', 'purser.paused', status?.paused != null);
    onChange();
    if (status === undefined) return;
    const see = async (): Promise<void> => {
      const connected = (await connections.list()).length + (hasTerminalEnvironment(context) ? 1 : 0);
      await walkthrough.see({ status, connections: connected });
    };
    see().catch((error: unknown) => log.warn(`The walkthrough: ${String(error)}`));
  };
  const bar = windowStatus({ projects, onStatus, onTurn: (from) => void alerting.look(from).catch(() => undefined) });
  const beginning: Record<BeginningCommand, () => Promise<void>> = {
    openWalkthrough,
    setDefaultBudget: async () =>
      (await import('./walkthrough/default-budget.ts')).setDefaultBudget(access(), projects.open()),
    chooseStandIn: async () =>
      (await import('./walkthrough/stand-in.ts')).chooseStandIn(access(), bar.seen().status ?? { unserved: [] }),
  };
  const spending = spendingCommandsOf({ gateway, access, status: bar });
  context.subscriptions.push(
    bar,
    registered(log, spendingCommands, spending),
    registered(log, beginningCommands, beginning),
  );
  return { onState: bar.onState };
}
