import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './until.ts';

const secret = 'sk-proj-planted1234567890abcdefghijklmnopqrstuv';

const written = `model_list:
  - model_name: fast
    litellm_params:
      model: openai/gpt-4o-mini
      api_key: ${secret}
  - model_name: other
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/NOBODY_HAS_THIS_KEY
litellm_settings:
  max_budgett: 20
`;

describe("a gateway's configuration in the editor", () => {
  let document: vscode.TextDocument;
  let remarks: readonly vscode.Diagnostic[];
  before(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder.uri, 'litellm_config.yaml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(written));
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    remarks = await until(
      () => vscode.languages.getDiagnostics(uri),
      (found) => found.some(({ message }) => /plain/i.test(message)),
    );
  });

  const at = (words: string): vscode.Position => document.positionAt(document.getText().indexOf(words) + 1);
  const remarkAt = (words: string): vscode.Diagnostic => {
    const found = remarks.find(({ range }) => range.contains(at(words)));
    assert.ok(found, `${words}: ${JSON.stringify(remarks)}`);
    assert.equal(found.source, 'Purser');
    return found;
  };
  const fixesAt = (words: string): Thenable<readonly vscode.CodeAction[]> =>
    vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, remarkAt(words).range);

  it('has its mistakes marked where they stand', () => {
    assert.match(remarkAt('max_budgett').message, /max_budgett/);
    assert.match(remarkAt('os.environ/NOBODY').message, /NOBODY_HAS_THIS_KEY/);
    assert.match(remarkAt(secret).message, /secret|plain/i);
  });

  it('explains a model by its price', async () => {
    const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at('gpt-4o-mini'),
    );
    const said = hovers.flatMap(({ contents }) =>
      contents.map((one) => (one instanceof vscode.MarkdownString ? one.value : '')),
    );
    assert.match(said.join('\n'), /\$0\.15/);
  });

  it('completes what may stand there', async () => {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at('max_budgett'),
    );
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('max_budget') && labels.includes('num_retries'), labels.join());
  });

  it('mends a misspelt setting', async () => {
    const fix = (await fixesAt('max_budgett')).find(({ title }) => title === 'Change to max_budget');
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /max_budget: 20/);
  });

  it('moves a secret that stands in the file to the secret storage', async () => {
    remarks = await until(
      () => vscode.languages.getDiagnostics(document.uri),
      (found) => found.length === 2,
    );
    const command = (await fixesAt(secret)).find(({ title }) => title.startsWith('Move the secret'))?.command;
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as unknown[]));
    await until(
      () => document.isDirty,
      (isDirty) => !isDirty,
    );
    const saved = Buffer.from(await vscode.workspace.fs.readFile(document.uri)).toString();
    assert.ok(!saved.includes(secret));
    assert.match(saved, /api_key: os\.environ\/[A-Z_]+\n/);
  });
});
