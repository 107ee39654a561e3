import { l10n, Range, Uri, window, workspace, WorkspaceEdit, type SecretStorage } from 'vscode';
import { plainSecrets } from '../../config/plain-secrets.ts';

interface Asked {
  /** Of the document. */
  readonly uri: unknown;
  /** The offset at which the secret begins. */
  readonly at: unknown;
  readonly variable: unknown;
}

/** Keeps a secret that stands in a document, and writes a reference in its place. Stored first: it is never nowhere. */
export async function moveSecret(secrets: SecretStorage, { uri, at, variable }: Asked): Promise<void> {
  if (!(uri instanceof Uri) || typeof variable !== 'string') return;
  const document = await workspace.openTextDocument(uri);
  const secret = plainSecrets(document.getText()).find(({ from }) => from === at);
  if (secret === undefined) return;
  await secrets.store(variable, secret.value);
  const edit = new WorkspaceEdit();
  const range = new Range(document.positionAt(secret.from), document.positionAt(secret.to));
  edit.replace(uri, range, `os.environ/${variable}`);
  await workspace.applyEdit(edit);
  // It is to be gone from the disk, too.
  await document.save();
  window.setStatusBarMessage(`$(check) ${l10n.t('{0} is in the secret storage', variable)}`, 5_000);
}
