import { basename } from 'node:path';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Proposal } from '../../connect/connection.ts';

const scheme = 'purser-proposal';
const texts = new Map<string, string>();

/** What the two sides of a diff show: texts that are in no file. */
export const proposalTexts = (): vscode.Disposable =>
  vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });

let answer: ((isWanted: boolean) => void) | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Answers the question of the diffs that are shown, from the buttons above them. */
export function answerProposal(isWanted: boolean): Promise<void> {
  answer?.(isWanted);
  return Promise.resolve();
}

/** What is shown of a change. */
type Shown = Pick<Proposal, 'path' | 'now' | 'after'>;

/** Shows every change as a diff, and whether its user wants them; nothing is written before. `wayBack` says how it could be undone. */
export function reviewed(
  title: string,
  proposals: readonly Shown[],
  wayBack = l10n.t('"Disconnect" takes it back.'),
): Promise<boolean> {
  answer?.(false); // an earlier question that was left open
  const mine = last.then(() => review(title, proposals, wayBack));
  last = mine.catch(() => undefined);
  return mine;
}

async function review(title: string, proposals: readonly Shown[], wayBack: string): Promise<boolean> {
  const shown = proposals.flatMap((proposal) => [sideOf('now', proposal), sideOf('after', proposal)]);
  // The first is what it is about, so it is opened last and stands in front.
  for (const proposal of proposals.toReversed()) await showDiff(title, proposal);
  const isWanted = await answered(title, proposals, wayBack);
  await vscode.window.tabGroups.close(openDiffs());
  for (const uri of shown) texts.delete(uri.toString());
  return isWanted;
}

function sideOf(side: 'now' | 'after', proposal: Shown): vscode.Uri {
  const uri = vscode.Uri.file(proposal.path).with({ scheme, query: side });
  texts.set(uri.toString(), proposal[side] ?? '');
  return uri;
}

const showDiff = (title: string, proposal: Shown): Thenable<unknown> =>
  vscode.commands.executeCommand(
    'vscode.diff',
    sideOf('now', proposal),
    sideOf('after', proposal),
    `${basename(proposal.path)} (${proposal.now === undefined ? l10n.t('new file') : title})`,
    { preview: false, preserveFocus: true },
  );

/** A notification hides itself while one still reads: the buttons above the diffs stay, and who closes the diffs has said no. */
async function answered(title: string, proposals: readonly Shown[], wayBack: string): Promise<boolean> {
  const write = l10n.t('Write');
  const cancel = l10n.t('Cancel');
  const files = proposals.map(({ path }) => basename(path)).join(', ');
  const question = l10n.t('Purser: {0}? This is what would change in {1}. {2}', title, files, wayBack);
  return new Promise<boolean>((resolve) => {
    const settle = (isWanted: boolean): void => {
      if (answer === settle) answer = undefined;
      closing.dispose();
      resolve(isWanted);
    };
    const closing = vscode.window.tabGroups.onDidChangeTabs(() => {
      if (openDiffs().length === 0) settle(false);
    });
    answer = settle;
    // It may stay after its question was answered above the diffs, and then means nothing any more.
    void vscode.window.showInformationMessage(question, write, cancel).then((chosen) => {
      if (chosen !== undefined) settle(chosen === write);
    });
  });
}

const openDiffs = (): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme);
