import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { GatewayAccess } from '../../admin/gateway-client.ts';
import { Failure } from '../../chat/failure.ts';
import type { Access, Assistant, Places, Scope } from '../../connect/assistant.ts';
import { applied, proposed, type FileEdit, type Proposal } from '../../connect/connection.ts';
import type { Connections, Which } from '../../connect/connections.ts';
import { copyBlocks } from '../../connect/copy-blocks.ts';
import { disk, ifThere } from '../../connect/disk.ts';
import { keptPrivate } from '../../connect/keep-private.ts';
import { modelChoices, smallModelFor } from '../../connect/models.ts';
import { awaitFirstCall } from './await-first-call.ts';
import type { DerivedKeys } from '../projects/derived-keys.ts';
import { pickAssistant } from './pick-assistant.ts';
import { pickFolder, type OpenFolder, type Projects } from '../projects/projects.ts';
import { reviewed } from './review.ts';
import { modelsOf } from '../projects/terminal-environment.ts';

export interface ConnectPorts {
  readonly context: vscode.ExtensionContext;
  readonly projects: Projects;
  readonly keys: DerivedKeys;
  readonly connections: Connections;
  readonly access: () => GatewayAccess;
}

/** Points an assistant at the gateway: asks which, shows what would change, writes it, and waits to hear from it. */
export async function connectAssistant(ports: ConnectPorts): Promise<void> {
  const { connections, context } = ports;
  const assistant = await pickAssistant(await connections.list());
  if (assistant === undefined) return;
  const target = await pickTarget(ports, assistant);
  if (target === undefined) return;
  const access = await accessFor(ports, assistant, target);
  if (access === undefined) return;
  const which: Which = {
    assistant: assistant.id,
    scope: target.scope,
    ...(target.scope === 'project' && target.open !== undefined && { folder: target.open.folder.uri.fsPath }),
  };
  const earlier = await connections.find(which);
  const edits = await editsFor(context, assistant, target, access);
  const proposals = await proposed(disk, edits, earlier?.files);
  if (proposals.some(({ now, after }) => now !== after)) {
    if (!(await reviewed(l10n.t('Connect {0}', assistant.title), proposals))) return;
    await write(connections, which, proposals);
    if (assistant.id === 'copilot') await vscode.env.clipboard.writeText(access.key);
  }
  const isKept = (await connections.find(which)) !== undefined;
  await awaitFirstCall(ports.access(), assistant, {
    key: access.key,
    isShared: target.scope === 'project',
    isConnected: async () => !isKept || (await connections.find(which)) !== undefined,
  });
}

interface Target {
  readonly scope: Scope;
  readonly open?: OpenFolder;
}

/** A project where it can be one, since only there the key is the project's own. */
async function pickTarget({ projects }: ConnectPorts, { title, scopes }: Assistant): Promise<Target | undefined> {
  const isTrusted = vscode.workspace.isTrusted;
  const folders = scopes.includes('project') && isTrusted ? await projects.refresh() : [];
  if (!scopes.includes('user')) {
    const open = await pickFolder(folders, l10n.t('Purser: Connect {0}', title));
    return open && { scope: 'project', open };
  }
  const [first] = scopes;
  const here = folders.map((open) => ({
    label: l10n.t('Only in {0}', open.folder.name),
    detail: l10n.t('With the key and the budget of the project "{0}".', open.project.title),
    target: { scope: 'project' as const, open },
  }));
  const everywhere = {
    label: l10n.t('Wherever I work'),
    detail: l10n.t('With a key of its own; calls are booked on the project that they tell of.'),
    target: { scope: 'user' as const },
  };
  if (here.length === 0) return everywhere.target;
  const picks = first === 'project' ? [...here, everywhere] : [everywhere, ...here];
  return (
    await vscode.window.showQuickPick<{ label: string; target: Target }>(picks, {
      title: l10n.t('Purser: Connect {0}', title),
    })
  )?.target;
}

async function accessFor(
  { access, keys }: ConnectPorts,
  assistant: Assistant,
  { scope, open }: Target,
): Promise<Access | undefined> {
  const gateway = access();
  const key =
    scope === 'project' && open !== undefined
      ? open.project.key
      : await keys.ofAssistant(assistant.id, assistant.title);
  const offered = await modelsOf(gateway, key);
  const { hasOwn, models } = modelChoices(assistant, offered);
  if (models.length === 0)
    throw new Failure(
      'not-found',
      l10n.t('There is no model yet. Add a provider key first (Purser: Add Provider Key).'),
    );
  const own = hasOwn ? [{ label: l10n.t('The models that it asks for by itself'), id: undefined }] : [];
  const picks = [...own, ...models.map(({ id }) => ({ label: id, id }))];
  const placeHolder = l10n.t('Which model shall it work with?');
  const picked = await vscode.window.showQuickPick(picks, {
    title: l10n.t('Purser: Connect {0}', assistant.title),
    placeHolder,
  });
  if (picked === undefined) return undefined;
  const chosen = picked.id === undefined ? {} : { model: picked.id, smallModel: smallModelFor(picked.id, models) };
  return { url: gateway.url, key, models, ...chosen };
}

async function editsFor(
  context: vscode.ExtensionContext,
  assistant: Assistant,
  { scope, open }: Target,
  access: Access,
): Promise<readonly FileEdit[]> {
  const edits = assistant.edits(access, scope, placesOf(context, open));
  if (edits.length === 0)
    throw new Failure(
      'not-found',
      l10n.t(
        "The settings of {0} are on another machine than this window's folder. Open a local window.",
        assistant.title,
      ),
    );
  if (scope === 'user' || open === undefined) return edits;
  const { index } = open.place;
  return keptPrivate(edits, open.place, index === undefined ? undefined : await ifThere(readFile(index)));
}

/** The editor's own settings lie two folders above what it gives an extension, unless the editor is elsewhere. */
const placesOf = ({ globalStorageUri }: vscode.ExtensionContext, open: OpenFolder | undefined): Places => ({
  home: homedir(),
  variable: (name) => process.env[name],
  present: (...paths) => paths.find(existsSync) ?? paths.at(-1) ?? '',
  ...(open !== undefined && { project: open.folder.uri.fsPath }),
  ...(vscode.env.remoteName === undefined && { editor: dirname(dirname(globalStorageUri.fsPath)) }),
});

/** What was there is kept before anything is written. */
async function write(connections: Connections, which: Which, proposals: readonly Proposal[]): Promise<void> {
  const earlier = await connections.find(which);
  const paths = new Set(proposals.map(({ path }) => path));
  const untouched = earlier?.files.filter(({ path }) => !paths.has(path)) ?? [];
  await connections.keep({ ...which, at: Date.now(), files: [...untouched, ...proposals.map(({ kept }) => kept)] });
  try {
    await applied(disk, proposals);
  } catch (error) {
    if (earlier === undefined) await connections.forget(which);
    else await connections.keep(earlier);
    throw error;
  }
}

/** For what cannot be connected by its files: puts an address, a key or a piece of a file on the clipboard. */
export async function copyAccess({ projects, keys, access }: ConnectPorts): Promise<void> {
  const { url } = access();
  const open = await pickFolder(await projects.refresh(), l10n.t('Purser: Copy Access'));
  const key = open?.project.key ?? (await keys.ofAssistant('other', 'Other tools'));
  const { models } = modelChoices({}, await modelsOf(access(), key));
  const [model] = models;
  const blocks = copyBlocks({ url, key, models, ...(model !== undefined && { model: model.id }) });
  const picks = blocks.map(({ title, detail, text }) => ({ label: title, detail, text }));
  const whose =
    open === undefined
      ? l10n.t('With a key of its own')
      : l10n.t('With the key of the project "{0}"', open.project.title);
  const picked = await vscode.window.showQuickPick(picks, {
    title: l10n.t('Purser: Copy Access'),
    placeHolder: whose,
  });
  if (picked === undefined) return;
  await vscode.env.clipboard.writeText(picked.text);
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Copied: {0}', picked.label)}`, 3_000);
}
