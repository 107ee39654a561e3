import {
  panelMethods,
  type Filter,
  type Method,
  type Params,
  type PanelAction,
  type Remedy,
  type Result,
} from '../src/admin/contract.ts';
import { t } from './l10n.ts';

/** The host's no, in words for the user, with what may help. */
export class Refusal extends Error {
  readonly remedies: readonly Remedy[];
  /** The key that was sent is not good: whoever holds it has to log in. */
  readonly isUnauthorized: boolean;

  constructor(message: string, remedies: readonly Remedy[] = [], isUnauthorized = false) {
    super(message);
    this.remedies = remedies;
    this.isUnauthorized = isUnauthorized;
  }
}

export interface Host {
  readonly kind: 'sidebar' | 'tab' | 'browser';
  /** Throws a Refusal. */
  readonly ask: <M extends Method>(method: M, params: Params<M>) => Promise<Result<M>>;
  /** Saves the calls that are meant; gives where, null when the user thought better of it. */
  readonly exportRows: (format: 'csv' | 'json', filter: Filter) => Promise<string | null>;
  /** What this page last kept: a hidden page is thrown away, and made anew when it is seen again. */
  readonly kept: () => unknown;
  readonly keep: (state: unknown) => void;
  /** Hears that something of what is shown may not be so any more; returns what ends that. */
  readonly onChanged: (listener: () => void) => () => void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

interface Waiting {
  readonly method: Method;
  readonly resolve: (result: never) => void;
  readonly reject: (refusal: Error) => void;
}

/** The other end of `servePanel`. */
export function editorHost(kind: 'sidebar' | 'tab'): Host {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<() => void>();
  let asked = 0;
  const settle = (message: Readonly<Record<string, unknown>>): void => {
    const one = waiting.get(Number(message['id']));
    if (one === undefined) return;
    waiting.delete(Number(message['id']));
    if (message['type'] === 'reply') settleWith(one, message['result']);
    else one.reject(new Refusal(String(message['message']), remediesIn(message['remedies'])));
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'object' || data === null || !('type' in data)) return;
    if (data.type === 'changed') for (const listener of listeners) listener();
    else if (data.type === 'reply' || data.type === 'refusal') settle({ ...data });
  });
  const ask: Host['ask'] = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { method, resolve, reject });
      api.postMessage({ type: 'ask', id: asked, method, params });
    });
  return {
    ...{ kind, ask },
    exportRows: async (format, filter) => (await ask('exportRows', { format, filter })).saved,
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function settleWith({ method, resolve, reject }: Waiting, result: unknown): void {
  try {
    resolve(panelMethods[method].result(result, method) as never);
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function remediesIn(value: unknown): readonly Remedy[] {
  return Array.isArray(value) ? (value as readonly Remedy[]).filter(({ title }) => typeof title === 'string') : [];
}

const tokenName = 'purser.adminKey';
const stateName = 'purser.panel';

/** The key that was logged in with: it goes when the browser's tab is closed, and is no cookie that every port would get. */
export const session = {
  key: (): string | null => sessionStorage.getItem(tokenName),
  begin: (key: string): void => sessionStorage.setItem(tokenName, key),
  end: (): void => sessionStorage.removeItem(tokenName),
};

/** The gateway's own page speaks to it over HTTP. */
export function browserHost(onUnauthorized: () => void): Host {
  const refused = async (response: Response): Promise<Refusal> => {
    const isUnauthorized = response.status === 401;
    if (isUnauthorized) onUnauthorized();
    return new Refusal(await messageOf(response), [], isUnauthorized);
  };
  const ask = async <M extends Method>(method: M, params: Params<M>): Promise<Result<M>> => {
    const response = await send('/purser/panel', { method, params });
    if (!response.ok) throw await refused(response);
    const result = panelMethods[method].result(await response.json(), method) as Result<M>;
    return method === 'about' || method === 'overview' ? withOrigin(result) : result;
  };
  return {
    ...{ kind: 'browser', ask },
    async exportRows(format, filter) {
      const response = await send(`/purser/export?${queryOf({ format, ...filter })}`);
      if (!response.ok) throw await refused(response);
      const name = `purser-calls.${format}`;
      download(await response.blob(), name);
      return name;
    },
    kept: () => JSON.parse(sessionStorage.getItem(stateName) ?? 'null') as unknown,
    keep: (state) => sessionStorage.setItem(stateName, JSON.stringify(state)),
    onChanged: () => () => undefined,
  };
}

async function send(path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${session.key() ?? ''}`, 'content-type': 'application/json' };
  try {
    return await fetch(path, {
      headers,
      credentials: 'omit',
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal(t('The gateway does not answer. Is it still running?'));
  }
}

async function messageOf(response: Response): Promise<string> {
  const said = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  return said?.error?.message ?? t('The gateway answered {0}.', response.status);
}

/** The page knows best by which address the gateway is reached. */
const withOrigin = <T>(result: T): T => ({ ...result, baseUrl: `${location.origin}/v1` });

const queryOf = (params: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(params)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

function download(blob: Blob, name: string): void {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What is done in the editor and nowhere else. */
export const canAct = (host: Host): boolean => host.kind !== 'browser';
export const act = (host: Host, action: PanelAction): void => void host.ask('act', { action });
