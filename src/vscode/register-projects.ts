import { join } from 'node:path';
import * as vscode from 'vscode';
import { runningGateway } from '../admin/handlers.ts';
import { connectionsIn } from '../connect/connections.ts';
import { disk } from '../connect/disk.ts';
import { projectCommands, type ProjectCommand } from '../connect/project-commands.ts';
import { installationSecret } from '../windows/derived-key.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';
import { told } from './commands.ts';
import { derivedKeys } from './derived-keys.ts';
import { rotateProjectKey, windowProjects, type Projects } from './projects.ts';
import { proposalTexts } from './review.ts';
import { terminalEnvironment } from './terminal-environment.ts';

export interface WindowWork {
  readonly projects: Projects;
  /** To be told of every state of the gateway. */
  readonly onState: (state: GatewayState) => void;
}

/** What this window does with the projects of its folders: their keys, its terminals, and the assistants that work in them. */
export function registerProjects(
  context: vscode.ExtensionContext,
  state: () => GatewayState,
  log: vscode.LogOutputChannel,
): WindowWork {
  const inStorage = (name: string): string => join(context.globalStorageUri.fsPath, name);
  const complain = (error: unknown): void => log.warn(`The projects of this window: ${String(error)}`);
  const access = () => runningGateway(state());
  const secret = () => installationSecret(inStorage('installation-secret'));
  const keys = derivedKeys({ access, secret, now: Date.now });
  const projects = windowProjects(keys, complain);
  const terminals = terminalEnvironment({ context, projects, access, complain });
  const connections = connectionsIn(inStorage('connections'), disk);
  const ports = { context, projects, keys, connections, access };
  const commands: Record<ProjectCommand, () => Promise<void>> = {
    // With readers of four file formats, which no start of the editor waits for.
    connectAssistant: async () => (await import('./connect.ts')).connectAssistant(ports),
    disconnectAssistant: async () => (await import('./disconnect.ts')).disconnectAssistant(connections),
    copyAccess: async () => (await import('./connect.ts')).copyAccess(ports),
    chooseTerminals: terminals.choose,
    rotateProjectKey: () => rotateProjectKey(keys, projects),
  };
  context.subscriptions.push(
    ...[projects, terminals, proposalTexts()],
    ...projectCommands.map((name) =>
      vscode.commands.registerCommand(`purser.${name}`, () => told(log, commands[name])),
    ),
  );
  return {
    projects,
    onState(now) {
      if (now.type === 'running') void projects.refresh().catch(complain);
    },
  };
}
