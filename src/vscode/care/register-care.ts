import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { connectionsIn } from '../../connect/connections.ts';
import { disk } from '../../connect/disk.ts';
import type { GatewayThread } from '../../windows/gateway-thread.ts';
import { careCommands, type CareCommand } from '../command-names.ts';
import { registered } from '../commands.ts';
import type { Erasure } from './delete-data.ts';
import type { SafeLog } from './safe-log.ts';

export interface CarePorts {
  readonly context: vscode.ExtensionContext;
  readonly gateway: () => GatewayThread;
  readonly log: SafeLog;
  readonly erasure: Erasure;
}

/** The commands for when something is wrong, and for the end. */
export function registerCare({ context, gateway, log, erasure }: CarePorts): vscode.Disposable {
  const inStorage = (name: string): string => join(context.globalStorageUri.fsPath, name);
  const [configFile, dataFolder, holderFile] = ['config.yaml', 'data', 'gateway.json'].map(inStorage) as [
    string,
    string,
    string,
  ];
  const asked = { context, state: () => gateway().state, log, configFile, dataFolder, holderFile };
  const connections = connectionsIn(inStorage('connections'), disk);
  const commands: Record<CareCommand, () => Promise<void>> = {
    copyDiagnostics: async () => (await import('./diagnostics.ts')).copyDiagnostics(asked),
    reportIssue: async () => (await import('./diagnostics.ts')).reportIssue(asked),
    deleteAllData: async () =>
      (await import('./delete-data.ts')).deleteAllData({ context, gateway: gateway(), connections, erasure }),
  };
  return registered(log, careCommands, commands);
}

/**
 * Leaves a note beside the script that the editor runs when the extension is gone: it is told nothing, and has to find
 * the files of assistants that were connected. Where it cannot be written, that script does nothing.
 */
export function noteStorage({ extensionUri, globalStorageUri }: vscode.ExtensionContext): void {
  const note = vscode.Uri.joinPath(extensionUri, 'dist', 'storage.json').fsPath;
  writeFile(note, JSON.stringify(globalStorageUri.fsPath)).catch(() => undefined);
}
