import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findAssistant } from '../connect/assistants/index.ts';
import { disconnected, type Outcome } from '../connect/connection.ts';
import type { Connection, Connections } from '../connect/connections.ts';
import { disk } from '../connect/disk.ts';

/** Takes back what connecting an assistant has written, and says what became of each file. */
export async function disconnectAssistant(connections: Connections): Promise<void> {
  const all = await connections.list();
  if (all.length === 0) {
    void vscode.window.showInformationMessage('Purser: No assistant is connected.');
    return;
  }
  const picks = all.map((connection) => ({
    label: titleOf(connection),
    description: connection.scope === 'user' ? 'wherever you work' : (connection.folder ?? ''),
    detail: connection.files.map(({ path }) => path).join(', '),
    connection,
  }));
  const title = 'Purser: Disconnect Assistant';
  const picked = await vscode.window.showQuickPick(picks, {
    title,
    placeHolder: 'Whose settings shall be as they were?',
  });
  if (picked === undefined) return;
  const outcomes = await disconnected(disk, picked.connection.files);
  await connections.forget(picked.connection);
  const left = outcomes.some((one) => one.what !== 'restored');
  const message = `Purser: ${picked.label} is disconnected. ${outcomes.map(sentenceOf).join(' ')}`;
  void (left ? vscode.window.showWarningMessage(message) : vscode.window.showInformationMessage(message));
}

const titleOf = ({ assistant }: Connection): string => findAssistant(assistant)?.title ?? assistant;

function sentenceOf({ path, what, left }: Outcome): string {
  const name = basename(path);
  if (what === 'restored') return `${name} is as it was.`;
  if (what === 'gone') return `${name} was removed meanwhile and stays so.`;
  const kept = left.length === 0 ? '' : ` ${left.join(', ')} says something else by now and was left alone.`;
  return `${name} had been edited since: only Purser's own settings were taken out.${kept}`;
}
