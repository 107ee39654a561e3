import { Diagnostic, DiagnosticSeverity, languages, Range, workspace, type TextDocument, type Uri } from 'vscode';
import type { LanguagePorts } from './register-language.ts';
import { remarksOn, type Remark } from './remarks.ts';

export interface Remarked {
  readonly dispose: () => void;
  /** What was last said of a document, while it has not changed since. */
  readonly of: (document: TextDocument) => readonly Remark[];
}

/** How long the typing must rest. */
const restMs = 250;

/** Marks mistakes in the documents that are open, as they are written and as keys come and go. */
export function diagnostics({ selector, secrets, remarkPorts }: LanguagePorts): Remarked {
  const shown = languages.createDiagnosticCollection('purser');
  const last = new Map<string, { readonly version: number; readonly remarks: readonly Remark[] }>();
  const timers = new Map<string, NodeJS.Timeout>();
  const look = async (document: TextDocument): Promise<void> => {
    if (document.isClosed || languages.match(selector, document) === 0) return;
    const ports = await remarkPorts(document);
    const remarks = remarksOn(document.getText(), ports);
    last.set(document.uri.toString(), { version: document.version, remarks });
    shown.set(
      document.uri,
      remarks.map((remark) => diagnosticOf(document, remark)),
    );
  };
  const later = (document: TextDocument): void => {
    const name = document.uri.toString();
    clearTimeout(timers.get(name));
    timers.set(
      name,
      setTimeout(() => void look(document), restMs),
    );
  };
  const lookAtAll = (): void => workspace.textDocuments.forEach((document) => void look(document));
  const forget = ({ uri }: { readonly uri: Uri }): void => {
    last.delete(uri.toString());
    shown.delete(uri);
  };
  lookAtAll();
  const watches = [
    workspace.onDidOpenTextDocument((document) => void look(document)),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (languages.match(selector, document) > 0) later(document);
    }),
    workspace.onDidSaveTextDocument(lookAtAll),
    workspace.onDidCloseTextDocument(forget),
    secrets.onDidChange(lookAtAll),
  ];
  return {
    of(document) {
      const said = last.get(document.uri.toString());
      return said?.version === document.version ? said.remarks : [];
    },
    dispose() {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const one of [shown, ...watches]) one.dispose();
    },
  };
}

function diagnosticOf(document: TextDocument, { from, to, severity, message }: Remark): Diagnostic {
  const range = new Range(document.positionAt(from), document.positionAt(to));
  const diagnostic = new Diagnostic(range, message, severities[severity]);
  diagnostic.source = 'Purser';
  return diagnostic;
}

const severities: Record<Remark['severity'], DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};
