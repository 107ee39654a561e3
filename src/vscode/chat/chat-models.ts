import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import { Failure, toFailure } from '../../chat/failure.ts';
import type { Told } from './answer-parts.ts';
import { askModel, editorErrorOf, type Asked } from './ask-model.ts';
import { offeredModels, type EditorModel } from './offered-models.ts';
import { requestBody } from './request-body.ts';
import { tokenCounts } from './token-counts.ts';

export interface ChatModelsPorts {
  /** Throws a Failure where the gateway does not run. */
  readonly access: () => GatewayAccess;
  /** The key of the project that is worked on, by which its calls are booked. */
  readonly key: () => Promise<string>;
  /** The same, asked of the gateway: another window may have rotated it. */
  readonly newKey: () => Promise<string>;
  readonly version: string;
  readonly onDidChange: vscode.Event<void>;
  /** Asked when a user looks for our models and there are none. */
  readonly addModels: () => void;
}

/** The gateway's models in the editor's own chat. */
export function chatModels(ports: ChatModelsPorts): vscode.LanguageModelChatProvider<EditorModel> {
  const count = tokenCounts(async () => ({ url: ports.access().url, adminKey: await ports.key() }));
  return {
    onDidChangeLanguageModelChatInformation: ports.onDidChange,
    async provideLanguageModelChatInformation({ silent }) {
      const models = await modelsNow(ports).catch((error: unknown) => {
        if (silent) return [];
        throw error;
      });
      if (models.length === 0 && !silent) ports.addModels();
      return [...models];
    },
    async provideLanguageModelChatResponse(...[model, messages, options, progress, token]) {
      const body = requestBody({
        model: model.id,
        maxOutput: model.maxOutputTokens,
        messages,
        tools: options.tools ?? [],
        mustCall: options.toolMode === vscode.LanguageModelChatToolMode.Required,
        options: options.modelOptions ?? {},
      });
      const tell = (told: Told): void => {
        const part = partOf(told);
        if (part !== undefined) progress.report(part);
      };
      await answered(token, (signal) => askedWithKey(ports, { body, tell, signal }));
    },
    provideTokenCount: (model, what) => count(model.id, what),
  };
}

async function askedWithKey(ports: ChatModelsPorts, asked: Asked): Promise<void> {
  const access = { url: ports.access().url, version: ports.version };
  try {
    await askModel({ ...access, key: await ports.key() }, asked);
  } catch (error) {
    if (!(error instanceof Failure && error.kind === 'unauthorized')) throw error;
    await askModel({ ...access, key: await ports.newKey() }, asked);
  }
}

async function modelsNow({ access, key }: ChatModelsPorts): Promise<readonly EditorModel[]> {
  const { url } = access();
  return offeredModels(await askGateway({ url, adminKey: await key() }, '/purser/models'), l10n);
}

/** Runs until `token` ends it, and throws what the editor knows what to do with. */
async function answered(token: vscode.CancellationToken, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const listener = token.onCancellationRequested(() => ending.abort());
  try {
    if (token.isCancellationRequested) ending.abort();
    await run(ending.signal);
  } catch (error) {
    if (ending.signal.aborted) throw new vscode.CancellationError();
    throw editorError(toFailure(error));
  } finally {
    listener.dispose();
  }
}

/** The message is what the user reads, and holds the whole story. */
function editorError(failure: Failure): Error {
  const name = editorErrorOf(failure);
  return name === undefined ? new Error(failure.message) : vscode.LanguageModelError[name](failure.message);
}

/** In the editor's own class; undefined where this editor has none for it. */
function partOf(told: Told): vscode.LanguageModelResponsePart | undefined {
  switch (told.type) {
    case 'text':
      return new vscode.LanguageModelTextPart(told.text);
    case 'tool-call':
      return new vscode.LanguageModelToolCallPart(told.id, told.name, told.input);
    case 'thinking':
      return newer('LanguageModelThinkingPart', told.text, undefined, told.metadata);
    case 'usage':
      return newer('LanguageModelDataPart', Buffer.from(JSON.stringify(told.usage)), 'usage');
  }
}

/** Of a class that older editors lack and the typings do not name; reading it may throw. */
function newer(name: string, ...values: readonly unknown[]): vscode.LanguageModelResponsePart | undefined {
  try {
    const Part: unknown = Reflect.get(vscode, name);
    if (typeof Part !== 'function') return undefined;
    return Reflect.construct(Part, values) as vscode.LanguageModelResponsePart;
  } catch {
    return undefined;
  }
}
