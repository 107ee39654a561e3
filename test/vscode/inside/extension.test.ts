import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PurserApi } from '../../../src/vscode/api/purser-api.d.ts';
import { until } from './until.ts';

const extension = (): vscode.Extension<PurserApi> => {
  const found = vscode.extensions.getExtension<PurserApi>('purser.purser');
  assert.ok(found, 'the extension is installed');
  return found;
};

const models = (): Thenable<readonly vscode.LanguageModelChat[]> =>
  until(
    () => vscode.lm.selectChatModels({ vendor: 'purser' }),
    (found) => found.length > 0,
  );

async function answerOf(model: vscode.LanguageModelChat, prompt: string): Promise<string> {
  const answer = await model.sendRequest([vscode.LanguageModelChatMessage.User(prompt)]);
  let said = '';
  for await (const text of answer.text) said += text;
  return said;
}

describe('the extension in its host', () => {
  let api: PurserApi;
  before(async () => {
    api = await extension().activate();
    await until(
      () => api.baseUrl(),
      (url) => url !== undefined,
    );
  });

  it('registers every command that it contributes', async () => {
    const { contributes } = extension().packageJSON as {
      readonly contributes: { readonly commands: readonly { readonly command: string }[] };
    };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('tells other extensions where its gateway answers, which needs a key', async () => {
    const url = api.baseUrl();
    assert.match(url ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(`${url}/health/readiness`)).status, 200);
    assert.equal((await fetch(`${url}/v1/models`)).status, 401);
  });

  it("offers the gateway's models to the editor's chat, counts for them and answers", async () => {
    const found = await models();
    assert.deepEqual(
      found.map(({ id }) => id),
      ['gpt'],
    );
    const [model] = found;
    assert.ok(model && model.maxInputTokens > 0);
    assert.ok((await model.countTokens('Good morning from the harbour.')) > 3);
    assert.match(await answerOf(model, 'Say good morning.'), /Good morning from the model\./);
  });

  it('books what the chat asks on the project of the folder, and tells it', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const before = (await api.spend(folder))?.today ?? 0;
    const [model] = await models();
    assert.ok(model);
    await answerOf(model, 'Say good morning.');
    const spend = await until(
      () => api.spend(folder),
      (now) => (now?.today ?? 0) > before,
    );
    assert.equal(spend?.project, 'harbour');
  });

  it("has a tool that tells the chat what was spent, as one of the editor's own", async () => {
    const tool = vscode.lm.tools.find(({ name }) => name === 'purser_spend');
    assert.ok(tool);
    const { content } = await vscode.lm.invokeTool(tool.name, { input: {}, toolInvocationToken: undefined });
    const said = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    assert.match(said, /harbour/);
    assert.match(said, /\$/);
  });
});
