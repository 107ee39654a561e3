import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Proposal } from '../connect/connection.ts';

const scheme = 'purser-proposal';
const texts = new Map<string, string>();

/** What the two sides of a diff show: texts that are in no file. */
export const proposalTexts = (): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });

/** Shows every change as a diff, and whether its user wants them; nothing is written before. */
export async function reviewed(title: string, proposals: readonly Proposal[]): Promise<boolean> {
  const shown: vscode.Uri[] = [];
  const sideOf = (side: 'now' | 'after', { path }: Proposal, text: string): vscode.Uri => {
    const uri = vscode.Uri.file(path).with({ scheme, query: side });
    texts.set(uri.toString(), text);
    shown.push(uri);
    return uri;
  };
  for (const proposal of proposals) {
    const before = sideOf('now', proposal, proposal.now ?? '');
    const after = sideOf('after', proposal, proposal.after);
    const options: vscode.TextDocumentShowOptions = { preview: false, preserveFocus: true };
    const name = `${basename(proposal.path)} (${proposal.now === undefined ? 'new file' : title})`;
    await vscode.commands.executeCommand('vscode.diff', before, after, name, options);
  }
  const write = 'Write';
  const files = proposals.map(({ path }) => path).join(', ');
  const question = `Purser: ${title}? This is what would change in ${files}. "Disconnect" takes it back.`;
  const answer = await vscode.window.showInformationMessage(question, write, 'Cancel');
  await closeDiffs();
  for (const uri of shown) texts.delete(uri.toString());
  return answer === write;
}

async function closeDiffs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(
    tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme),
  );
}
