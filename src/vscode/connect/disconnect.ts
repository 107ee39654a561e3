import { basename } from 'node:path';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { findAssistant } from '../../connect/assistants/index.ts';
import { disconnected, type Outcome } from '../../connect/connection.ts';
import type { Connection, Connections } from '../../connect/connections.ts';
import { disk } from '../../connect/disk.ts';

/** Takes back what connecting an assistant has written, and says what became of each file. */
export async function disconnectAssistant(connections: Connections): Promise<void> {
  const all = await connections.list();
  if (all.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('Purser: No assistant is connected.'));
    return;
  }
  const picks = all.map((connection) => ({
    label: titleOf(connection),
    description: connection.scope === 'user' ? l10n.t('wherever you work') : (connection.folder ?? ''),
    detail: connection.files.map(({ path }) => path).join(', '),
    connection,
  }));
  const title = l10n.t('Purser: Disconnect Assistant');
  const picked = await vscode.window.showQuickPick(picks, {
    title,
    placeHolder: l10n.t('Whose settings shall be as they were?'),
  });
  if (picked === undefined) return;
  const outcomes = await disconnected(disk, picked.connection.files);
  await connections.forget(picked.connection);
  const left = outcomes.some((one) => one.what !== 'restored');
  const message = l10n.t('Purser: {0} is disconnected. {1}', picked.label, outcomes.map(sentenceOf).join(' '));
  void (left ? vscode.window.showWarningMessage(message) : vscode.window.showInformationMessage(message));
}

const titleOf = ({ assistant }: Connection): string => findAssistant(assistant)?.title ?? assistant;

function sentenceOf({ path, what, left }: Outcome): string {
  const name = basename(path);
  if (what === 'restored') return l10n.t('{0} is as it was.', name);
  if (what === 'gone') return l10n.t('{0} was removed meanwhile and stays so.', name);
  const taken = l10n.t("{0} had been edited since: only Purser's own settings were taken out.", name);
  return left.length === 0
    ? taken
    : `${taken} ${l10n.t('{0} says something else by now and was left alone.', left.join(', '))}`;
}
