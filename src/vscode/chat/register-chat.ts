import * as vscode from 'vscode';
import type { WindowWork } from '../projects/register-projects.ts';
import { folderInView } from '../status/folder-in-view.ts';
import { chatModels } from './chat-models.ts';
import { spendTool, spendToolName } from './spend-tool.ts';

export interface ChatPorts extends Pick<WindowWork, 'projects' | 'keys' | 'access'> {
  readonly version: string;
  /** There may be other models. */
  readonly onDidChange: vscode.Event<void>;
  readonly addModels: () => void;
}

/** What the editor's own chat gets of us: the gateway's models, and the `#spend` tool. */
export function registerChat(ports: ChatPorts): vscode.Disposable {
  const { projects, keys, access } = ports;
  let withoutFolder: Promise<string> | undefined;
  const ofNoFolder = (): Promise<string> => (withoutFolder ??= keys.ofAssistant('vscode-chat', 'VS Code chat'));
  const newKey = async (): Promise<string> => {
    withoutFolder = undefined;
    await projects.refresh();
    return folderInView(projects)?.project.key ?? ofNoFolder();
  };
  const key = async (): Promise<string> =>
    folderInView(projects)?.project.key ?? (withoutFolder === undefined ? newKey() : ofNoFolder());
  const tool = spendTool({ access, project: () => folderInView(projects)?.project.id });
  return vscode.Disposable.from(
    vscode.lm.registerLanguageModelChatProvider('purser', chatModels({ ...ports, key, newKey })),
    vscode.lm.registerTool(spendToolName, tool),
  );
}
