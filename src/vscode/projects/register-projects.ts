import { join } from 'node:path';
import * as vscode from 'vscode';
import type { GatewayAccess } from '../../admin/gateway-client.ts';
import { runningGateway } from '../../admin/handlers.ts';
import { connectionsIn } from '../../connect/connections.ts';
import { disk } from '../../connect/disk.ts';
import { projectCommands, type ProjectCommand } from '../../connect/project-commands.ts';
import { installationSecret } from '../../windows/derived-key.ts';
import type { GatewayState } from '../../windows/gateway-thread.ts';
import type { Log } from '../care/safe-log.ts';
import { told } from '../commands.ts';
import { derivedKeys, type DerivedKeys } from './derived-keys.ts';
import { rotateProjectKey, windowProjects, type Projects } from './projects.ts';
import { answerProposal, proposalTexts } from '../connect/review.ts';
import { terminalEnvironment } from './terminal-environment.ts';

export interface WindowWork {
  readonly projects: Projects;
  readonly keys: DerivedKeys;
  /** The gateway that runs; throws a Failure, in words for the user, where none does. */
  readonly access: () => GatewayAccess;
  /** To be told of every state of the gateway. */
  readonly onState: (state: GatewayState) => void;
  /** To be told that the configuration or the keys are new: there may be the first model that terminals can use. */
  readonly onConfigured: () => void;
}

/** What this window does with the projects of its folders: their keys, its terminals, and the assistants that work in them. */
export function registerProjects(context: vscode.ExtensionContext, state: () => GatewayState, log: Log): WindowWork {
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
    connectAssistant: async () => (await import('../connect/connect.ts')).connectAssistant(ports),
    disconnectAssistant: async () => (await import('../connect/disconnect.ts')).disconnectAssistant(connections),
    copyAccess: async () => (await import('../connect/connect.ts')).copyAccess(ports),
    chooseTerminals: terminals.choose,
    rotateProjectKey: () => rotateProjectKey(keys, projects),
    writeProposal: () => answerProposal(true),
    dropProposal: () => answerProposal(false),
  };
  context.subscriptions.push(
    ...[projects, terminals, proposalTexts()],
    ...projectCommands.map((name) =>
      vscode.commands.registerCommand(`purser.${name}`, () => told(log, commands[name])),
    ),
  );
  const refresh = (): void => {
    if (state().type === 'running') void projects.refresh().catch(complain);
  };
  return { projects, keys, access, onState: refresh, onConfigured: refresh };
}
