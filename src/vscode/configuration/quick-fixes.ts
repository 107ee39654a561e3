import {
  CodeAction,
  CodeActionKind,
  l10n,
  languages,
  Range,
  WorkspaceEdit,
  type CodeActionProvider,
  type TextDocument,
} from 'vscode';
import type { Fix, Remark } from './remarks.ts';

/** What mends the remarks at the cursor. */
export const quickFixes = (remarksOf: (document: TextDocument) => readonly Remark[]): CodeActionProvider => ({
  provideCodeActions: (document, range) =>
    remarksOf(document).flatMap((remark) => {
      const where = new Range(document.positionAt(remark.from), document.positionAt(remark.to));
      if (remark.fix === undefined || where.intersection(range) === undefined) return [];
      return [actionOf(document, where, remark.fix)];
    }),
});

function actionOf(document: TextDocument, where: Range, fix: Fix): CodeAction {
  const action = new CodeAction(titleOf(fix), CodeActionKind.QuickFix);
  action.isPreferred = true;
  action.diagnostics = languages
    .getDiagnostics(document.uri)
    .filter(({ source, range }) => source === 'Purser' && range.isEqual(where));
  switch (fix.type) {
    case 'replace':
      action.edit = new WorkspaceEdit();
      action.edit.replace(document.uri, where, fix.by);
      break;
    case 'add-key':
      action.command = { command: 'purser.addKeyFor', title: action.title, arguments: [fix.variable] };
      break;
    case 'hide-secret': {
      const at = document.offsetAt(where.start);
      action.command = {
        command: 'purser.moveSecret',
        title: action.title,
        arguments: [document.uri, at, fix.variable],
      };
    }
  }
  return action;
}

function titleOf(fix: Fix): string {
  switch (fix.type) {
    case 'replace':
      return l10n.t('Change to {0}', fix.by);
    case 'add-key':
      return l10n.t('Add a provider key as {0}', fix.variable);
    case 'hide-secret':
      return l10n.t('Move the secret to the secret storage, as {0}', fix.variable);
  }
}
