import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { askGateway, type GatewayAccess } from '../admin/gateway-client.ts';
import type { OfferedModel } from '../connect/assistant.ts';
import { loginsOn } from '../connect/logins.ts';
import {
  needConnect,
  terminalOffers,
  terminalVariables,
  type DialectId,
  type TerminalOffer,
} from '../connect/terminal.ts';
import { numberIn, objectIn, objectsIn, stringIn } from '../lib/json.ts';
import { readText, type OpenFolder, type Projects } from './projects.ts';

export interface TerminalPorts {
  readonly context: vscode.ExtensionContext;
  readonly projects: Projects;
  readonly access: () => GatewayAccess;
  readonly complain: (error: unknown) => void;
}

/** Gives this window's terminals the address and the keys of its projects, once its user has agreed. */
export interface TerminalEnvironment {
  /** Asks again which formats are to be set. */
  readonly choose: () => Promise<void>;
  readonly dispose: () => void;
}

const chosenKey = 'terminalEnvironment';

export function terminalEnvironment(ports: TerminalPorts): TerminalEnvironment {
  const { context, projects, complain } = ports;
  const { workspaceState } = context;
  let isAsking = false;
  const chosen = (): readonly DialectId[] | undefined => workspaceState.get<readonly DialectId[]>(chosenKey);

  async function choose(): Promise<void> {
    const folders = await projects.refresh();
    const offers = await offersFor(ports, folders);
    const picked = await pickDialects(folders, offers, chosen());
    if (picked === undefined) return;
    await workspaceState.update(chosenKey, picked);
    apply(ports, folders, picked);
  }
  async function update(folders: readonly OpenFolder[]): Promise<void> {
    const known = chosen();
    if (known !== undefined || !isWanted()) apply(ports, folders, known ?? []);
    else if (!isAsking && folders.length > 0 && (await offersFor(ports, folders)).length > 0) await askOnce(folders);
  }
  async function askOnce(folders: readonly OpenFolder[]): Promise<void> {
    isAsking = true;
    try {
      const answer = await askFor(folders);
      if (answer === 'choose') await choose();
      if (answer === 'never') await workspaceState.update(chosenKey, []);
    } finally {
      isAsking = false;
    }
  }
  const again = (folders = projects.open()): void => void update(folders).catch(complain);
  const listeners = [
    projects.onDidChange(again),
    vscode.workspace.onDidGrantWorkspaceTrust(() => again()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('purser.terminalEnvironment')) again();
    }),
  ];
  return {
    choose,
    dispose() {
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** An untrusted folder gets nothing, and may not ask for it. */
const isWanted = (): boolean =>
  vscode.workspace.isTrusted && vscode.workspace.getConfiguration('purser').get('terminalEnvironment', true);

/** The models that a key may use. */
export async function modelsOf({ url }: GatewayAccess, key: string): Promise<readonly OfferedModel[]> {
  const { data } = objectIn(await askGateway({ url, adminKey: key }, '/v1/models'));
  return objectsIn(data).flatMap(({ id, max_input_tokens, max_output_tokens }) => {
    const [name, maxInput, maxOutput] = [stringIn(id), numberIn(max_input_tokens), numberIn(max_output_tokens)];
    if (name === undefined) return [];
    return [{ id: name, ...(maxInput !== undefined && { maxInput }), ...(maxOutput !== undefined && { maxOutput }) }];
  });
}

const variable = (name: string): string | undefined => process.env[name];

async function offersFor({ access }: TerminalPorts, folders: readonly OpenFolder[]): Promise<readonly TerminalOffer[]> {
  const [first] = folders;
  if (first === undefined) return [];
  const gateway = access();
  const logins = await loginsOn({ home: homedir(), variable }, readText);
  return terminalOffers({ models: await modelsOf(gateway, first.project.key), variable, logins, url: gateway.url });
}

/** Asked once in a workspace; who only closes it is asked again with the next window. */
async function askFor(folders: readonly OpenFolder[]): Promise<'choose' | 'never' | undefined> {
  const choose = 'Choose...';
  const never = 'Not in This Workspace';
  const names = [...new Set(folders.map(({ project }) => `"${project.title}"`))].join(', ');
  const question = `Purser: shall what you start in this workspace's terminals (Claude Code, Gemini CLI, scripts) be booked on ${names}?`;
  const answer = await vscode.window.showInformationMessage(question, choose, never);
  return answer === choose ? 'choose' : answer === never ? 'never' : undefined;
}

interface DialectPick extends vscode.QuickPickItem {
  readonly id: DialectId;
}

/** Says first what each would replace, and for whom it is enough. */
async function pickDialects(
  folders: readonly OpenFolder[],
  offers: readonly TerminalOffer[],
  before: readonly DialectId[] | undefined,
): Promise<readonly DialectId[] | undefined> {
  if (folders.length === 0) throw new Error('Open a folder first: a project is the folder that it is worked in.');
  const picks = offers.map(({ id, title, names, enoughFor, overrides, isSafe }): DialectPick => ({
    id,
    label: `${overrides.length > 0 ? '$(warning) ' : ''}${title}`,
    description: names.join(', '),
    detail: [...overrides, `Enough for ${enoughFor}.`].join(' '),
    picked: before?.includes(id) ?? (isSafe && overrides.length === 0),
  }));
  const picked = await vscode.window.showQuickPick(picks, {
    title: 'Purser: Terminals of This Workspace',
    placeHolder: `${needConnect} Open terminals keep what they have.`,
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked?.map(({ id }) => id);
}

/** The variables live as long as this extension runs, and no longer. */
function apply({ context, access }: TerminalPorts, folders: readonly OpenFolder[], chosen: readonly DialectId[]): void {
  const all = context.environmentVariableCollection;
  all.persistent = false;
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) all.getScoped({ workspaceFolder }).clear();
  if (chosen.length === 0 || !isWanted()) return;
  const { url } = access();
  for (const { folder, project } of folders) {
    const collection = all.getScoped({ workspaceFolder: folder });
    collection.persistent = false;
    collection.description = `What is started here is booked on Purser's project "${project.title}".`;
    for (const [name, value] of Object.entries(terminalVariables(chosen, { url, key: project.key, variable })))
      collection.replace(name, value);
  }
}
