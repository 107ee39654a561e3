import { Failure, invalid, toFailure } from '../chat/failure.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';
import { isArray, isObject, numberIn, objectIn, objectsIn, parseJson, stringIn, type JsonObject } from '../lib/json.ts';
import type { Filter, PanelAction, PanelHandlers, Remedy, Result } from './contract.ts';
import { bodyNotKept } from './body-shape.ts';
import type { GatewayAccess } from './gateway-client.ts';

/** Asks a management route; with a body it is a POST. Throws a Failure. */
export type AskAdmin = (path: string, body?: JsonObject) => Promise<unknown>;

/** What differs between the editor and the browser. */
export interface PanelHost {
  readonly admin: AskAdmin;
  readonly about: () => Result<'about'>;
  readonly act: (action: PanelAction) => Promise<void>;
  /** The folder that is open; undefined where there is none. */
  readonly folder: () => { readonly name: string; readonly path: string } | undefined;
  /** Saves what this management route answers under a name that the user may change; gives where, null for nowhere. */
  readonly save: (path: string, fileName: string) => Promise<string | null>;
}

/** Nearly everything the panel asks is one management route, and its answer goes on as the contract names it. */
export const panelHandlers = (host: PanelHost): PanelHandlers => ({
  ...readingHandlers(host),
  ...bodyHandlers(host),
  ...keyHandlers(host),
  ...projectHandlers(host),
  about: () => Promise.resolve(host.about()),
  async act({ action }) {
    await host.act(action);
    return {};
  },
  workspace: () => workspace(host),
  exportRows: async ({ format, filter }) => ({
    saved: await host.save(`/purser/export${query({ format, ...filter })}`, `purser-calls.${format}`),
  }),
});

type HandlersOf<M extends keyof PanelHandlers> = Pick<PanelHandlers, M>;
type Reading =
  | 'spend'
  | 'pauseSpending'
  | 'overview'
  | 'report'
  | 'budgets'
  | 'rows'
  | 'calls'
  | 'stopCall'
  | 'deployments'
  | 'accounts';
type Trying = 'retryDeployment' | 'testDeployment' | 'testProvider' | 'dryRun' | 'configuration' | 'editConfiguration';

const readingHandlers = ({ admin, about }: PanelHost): HandlersOf<Reading | Trying> => ({
  spend: () => admin('/purser/spend'),
  pauseSpending: (params) => admin('/purser/pause', params),
  overview: async () => ({ ...objectIn(await admin('/purser/overview')), baseUrl: about().baseUrl }),
  report: (params) => admin(`/purser/report${query(params)}`),
  budgets: () => admin('/purser/budgets'),
  rows: (params) => admin(`/purser/rows${query(params)}`),
  calls: () => admin('/purser/calls'),
  stopCall: (params) => admin('/purser/calls/stop', params),
  async deployments() {
    const [states, models] = await Promise.all([admin('/purser/deployments'), admin('/model/info')]);
    return { ...objectIn(states), models: objectIn(models)['data'] };
  },
  accounts: () => admin('/purser/accounts'),
  retryDeployment: (params) => admin('/purser/deployments/retry', params),
  testDeployment: (params) => admin('/purser/deployments/test', params),
  testProvider: (params) => admin('/purser/providers/test', params),
  configuration: () => admin('/purser/config'),
  editConfiguration: (params) => admin('/purser/config/edit', params),
  dryRun: ({ body, ...params }) => admin('/purser/dry-run', { ...params, body: requestIn(body) }),
});

function requestIn(text: string): JsonObject {
  const body = parseJson(text);
  if (isObject(body)) return body;
  throw invalid('The request is no JSON object. Paste the whole body that a client sends.', 'body');
}

type OfBodies = 'callBody' | 'rawBody' | 'deleteBody' | 'replayQuote' | 'replay';

const bodyHandlers = ({ admin }: PanelHost): HandlersOf<OfBodies> => ({
  async callBody({ call }) {
    try {
      return { body: await admin(`/purser/calls/body${query({ call, view: 'readable' })}`), why: null };
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code !== bodyNotKept) throw error;
      return { body: null, why: failure.message };
    }
  },
  rawBody: ({ call }) => admin(`/purser/calls/body${query({ call, view: 'raw' })}`),
  deleteBody: (params) => admin('/purser/calls/body/delete', params),
  replayQuote: (params) => admin('/purser/replay/quote', params),
  replay: (params) => admin('/purser/replay', params),
});

type OfKeys = 'keys' | 'createKey' | 'updateKey' | 'blockKey' | 'rotateKey' | 'deleteKey';

const keyHandlers = ({ admin }: PanelHost): HandlersOf<OfKeys> => ({
  keys: async () => ({ keys: await allKeys(admin) }),
  createKey: (params) => admin('/key/generate', params),
  updateKey: (params) => admin('/key/update', params),
  blockKey: ({ key, blocked }) => admin(blocked ? '/key/block' : '/key/unblock', { key }),
  rotateKey: (params) => admin('/key/regenerate', params),
  deleteKey: ({ key }) => admin('/key/delete', { keys: [key] }),
});

type OfProjects = 'projects' | 'createProject' | 'updateProject' | 'blockProject' | 'deleteProject';

const projectHandlers = ({ admin }: PanelHost): HandlersOf<OfProjects> => ({
  projects: async () => ({ projects: await admin('/team/list') }),
  createProject: (params) => admin('/team/new', params),
  updateProject: (params) => admin('/team/update', params),
  blockProject: ({ team_id, blocked }) => admin(blocked ? '/team/block' : '/team/unblock', { team_id }),
  deleteProject: ({ team_id }) => admin('/team/delete', { team_ids: [team_id] }),
});

function query(params: Filter & Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

async function allKeys(admin: AskAdmin): Promise<readonly unknown[]> {
  const keys: unknown[] = [];
  for (let page = 1, last = 1; page <= last; page += 1) {
    const answer = objectIn(await admin(`/key/list?return_full_object=true&size=100&page=${page}`));
    keys.push(...(isArray(answer['keys']) ? answer['keys'] : []));
    last = numberIn(answer['total_pages']) ?? 1;
  }
  return keys;
}

/** The open folder's project is the one with the nearest folder above it. */
async function workspace({ admin, folder }: PanelHost): Promise<Result<'workspace'>> {
  const open = folder();
  if (open === undefined) return null;
  const projects = objectsIn(await admin('/team/list'));
  const depthOf = (project: JsonObject): number =>
    Math.max(-1, ...foldersOf(project).flatMap((path) => (isWithin(open.path, path) ? path.length : [])));
  const [nearest] = projects.filter((one) => depthOf(one) >= 0).sort((a, b) => depthOf(b) - depthOf(a));
  return { name: open.name, project: nearest === undefined ? null : projectOf(nearest) };
}

const foldersOf = ({ folders }: JsonObject): readonly string[] =>
  isArray(folders) ? folders.flatMap((one) => stringIn(one) ?? []) : [];

const slashed = (path: string): string => `${path.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
const isWithin = (path: string, folder: string): boolean => slashed(path).startsWith(slashed(folder));

function projectOf(row: JsonObject) {
  const id = stringIn(row['team_id']) ?? '';
  const nano = (value: unknown): number => Math.round((numberIn(value) ?? 0) * 1e9);
  const until = stringIn(row['budget_reset_at']);
  return {
    id,
    title: stringIn(row['team_alias']) ?? id,
    spent: nano(row['spend']),
    max: row['max_budget'] === null ? null : nano(row['max_budget']),
    until: until === undefined ? null : Date.parse(until),
  };
}

/** The gateway, if it runs; else throws a Failure that says why it does not. */
export function runningGateway(state: GatewayState): GatewayAccess {
  switch (state.type) {
    case 'running':
      return state;
    case 'failed':
      throw new Failure('stopping', state.message);
    case 'starting':
      throw new Failure('stopping', 'The gateway is starting.');
    case 'stopped':
      throw new Failure('stopping', 'The gateway is stopped.');
  }
}

/** What helps in this state. */
export function remediesOf(state: GatewayState): readonly Remedy[] {
  if (state.type === 'stopped') return [restart];
  return state.type === 'failed' ? remedies[state.why] : [];
}

const restart: Remedy = { action: 'restart', title: 'Try Again' };
const showLog: Remedy = { action: 'showLog', title: 'Show Log' };
const choosePort: Remedy = { action: 'choosePort', title: 'Choose Another Port' };
const useOtherPurser: Remedy = { action: 'useOtherPurser', title: 'Use It' };
export const reloadWindow: Remedy = { action: 'reloadWindow', title: 'Reload Window' };
const openConfiguration: Remedy = { action: 'openConfiguration', title: 'Open Configuration' };

export const configurationRemedies: readonly Remedy[] = [showLog, openConfiguration];

const remedies: Record<(GatewayState & { readonly type: 'failed' })['why'], readonly Remedy[]> = {
  'port-taken': [choosePort, restart],
  'other-purser': [useOtherPurser, choosePort, restart],
  'folder-taken': [],
  outdated: [reloadWindow],
  configuration: configurationRemedies,
  crashed: [restart, showLog],
  other: [restart, showLog],
};
