import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { OfferedModel } from '../../connect/assistant.ts';
import { loginsOn } from '../../connect/logins.ts';
import {
  needConnect,
  terminalOffers,
  terminalVariables,
  type DialectId,
  type TerminalOffer,
} from '../../connect/terminal.ts';
import { numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
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

/** Whether this workspace's terminals were given some. */
export const hasTerminalEnvironment = ({ workspaceState }: vscode.ExtensionContext): boolean =>
  workspaceState.get<readonly DialectId[]>(chosenKey, []).length > 0;

export function terminalEnvironment(ports: TerminalPorts): TerminalEnvironment {
  const { context, projects, complain } = ports;
  const { workspaceState } = context;
  let isAsking = false;
  const chosen = (): readonly DialectId[] | undefined => workspaceState.get<readonly DialectId[]>(chosenKey);

  let turn = 0;
  async function apply(folders: readonly OpenFolder[], picked: readonly DialectId[]): Promise<void> {
    const mine = (turn += 1);
    const wanted = await variablesFor(ports, folders, isWanted() ? picked : []);
    if (mine === turn) show(ports.context, folders, wanted);
  }
  async function choose(): Promise<void> {
    const folders = await projects.refresh();
    const offers = await offersFor(ports, folders);
    const picked = await pickDialects(folders, offers, chosen());
    if (picked === undefined) return;
    await workspaceState.update(chosenKey, picked);
    await apply(folders, picked);
    if (picked.length > 0) void sayWhatIsLeft();
  }
  async function update(folders: readonly OpenFolder[]): Promise<void> {
    const known = chosen();
    if (known !== undefined || !isWanted()) await apply(folders, known ?? []);
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

/** The models that a key may use, and the names with a `*` that stand for many. */
export async function modelsOf({ url }: GatewayAccess, key: string): Promise<readonly OfferedModel[]> {
  const access = { url, adminKey: key };
  const [models, infos] = await Promise.all([askGateway(access, '/v1/models'), askGateway(access, '/model/info')]);
  const names = objectsIn(objectIn(infos)['data']).map((info) => stringIn(info['model_name']) ?? '');
  const patterns = [...new Set(names)].filter((name) => name.includes('*')).map((id) => ({ id }));
  const listed = objectsIn(objectIn(models)['data']).flatMap(({ id, max_input_tokens, max_output_tokens }) => {
    const [name, maxInput, maxOutput] = [stringIn(id), numberIn(max_input_tokens), numberIn(max_output_tokens)];
    if (name === undefined) return [];
    return [{ id: name, ...(maxInput !== undefined && { maxInput }), ...(maxOutput !== undefined && { maxOutput }) }];
  });
  return [...listed, ...patterns];
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
  const choose = l10n.t('Choose...');
  const never = l10n.t('Not in This Workspace');
  const names = [...new Set(folders.map(({ project }) => `"${project.title}"`))].join(', ');
  const question = l10n.t(
    "Purser: shall what you start in this workspace's terminals (Claude Code, Gemini CLI, scripts) be booked on {0}?",
    names,
  );
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
    description: overrides.length > 0 ? overrides.join('; ') : names.join(', '),
    detail: l10n.t('Enough for {0}', enoughFor),
    picked: before?.includes(id) ?? (isSafe && overrides.length === 0),
  }));
  const picked = await vscode.window.showQuickPick(picks, {
    title: l10n.t('Purser: Terminals of This Workspace'),
    placeHolder: l10n.t('Whose variables shall new terminals have?'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return picked?.map(({ id }) => id);
}

/** What no variable can do, and where that is done. */
async function sayWhatIsLeft(): Promise<void> {
  const connect = l10n.t('Connect Assistant...');
  const message = l10n.t('Purser: New terminals are set up; those that are open keep what they have. {0}', needConnect);
  if ((await vscode.window.showInformationMessage(message, connect)) === connect)
    await vscode.commands.executeCommand('purser.connectAssistant');
}

type Variables = Readonly<Record<string, string>>;

/** The variables of each folder, by its address. */
async function variablesFor(
  { access }: TerminalPorts,
  folders: readonly OpenFolder[],
  chosen: readonly DialectId[],
): Promise<ReadonlyMap<string, Variables>> {
  if (chosen.length === 0) return new Map();
  const gateway = access();
  const all = folders.map(async ({ folder, project: { key } }) => {
    const models = await modelsOf(gateway, key);
    return [folder.uri.toString(), terminalVariables(chosen, { url: gateway.url, key, models, variable })] as const;
  });
  return new Map(await Promise.all(all));
}

/** The variables live as long as this extension runs, and no longer. */
function show(
  { environmentVariableCollection }: vscode.ExtensionContext,
  folders: readonly OpenFolder[],
  wanted: ReadonlyMap<string, Variables>,
): void {
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) {
    const place = workspaceFolder.uri.toString();
    const collection = environmentVariableCollection.getScoped({ workspaceFolder });
    const title = folders.find(({ folder }) => folder.uri.toString() === place)?.project.title ?? '';
    collection.persistent = false;
    collection.description = l10n.t('What is started here is booked on Purser\'s project "{0}".', title);
    become(collection, wanted.get(place) ?? {});
  }
}

/** Only what differs is changed: the editor tells of every change at the terminals that are open. */
function become(collection: vscode.EnvironmentVariableCollection, wanted: Readonly<Record<string, string>>): void {
  for (const [name] of [...collection]) if (!(name in wanted)) collection.delete(name);
  for (const [name, value] of Object.entries(wanted))
    if (collection.get(name)?.value !== value) collection.replace(name, value);
}
