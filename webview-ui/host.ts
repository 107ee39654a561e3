import type { Method, Params, Remedy, Result, Told } from '../src/admin/contract.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The host's no, in words for the user, with what may help. */
export class Refusal extends Error {
  readonly remedies: readonly Remedy[];

  constructor(message: string, remedies: readonly Remedy[]) {
    super(message);
    this.remedies = remedies;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (refusal: Refusal) => void;
}

export interface Host {
  /** Throws a Refusal. */
  ask<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** What this page last kept: a hidden page is thrown away, and made anew when it is seen again. */
  kept(): unknown;
  keep(state: unknown): void;
}

/** The other end of `servePanel`. Calls `onChanged` when what was shown is not so any more. */
export function connectHost(onChanged: () => void): Host {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const take = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    return one;
  };
  window.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    if (data.type === 'changed') onChanged();
    else if (data.type === 'reply') take(data.id)?.resolve(data.result as never);
    else take(data.id)?.reject(new Refusal(data.message, data.remedies));
  });
  return {
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject });
        api.postMessage({ type: 'ask', id: asked, method, params });
      }),
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}
