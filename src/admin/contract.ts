/** What the panel may ask. The only file that `webview-ui` imports from `src`. */
export interface PanelRequests {
  overview: { params: Record<string, never>; result: Overview };
  act: { params: { action: PanelAction }; result: Record<string, never> };
}

/** What the panel may have the editor do; each is a command too. */
export const panelActions = [
  'copyBaseUrl',
  'createKey',
  'addProviderKey',
  'openConfiguration',
  'choosePort',
  'restart',
  'showLog',
] as const;
export type PanelAction = (typeof panelActions)[number];

/** What may help, with the words for its button. */
export interface Remedy {
  readonly action: PanelAction;
  readonly title: string;
}

export interface Overview extends Spending {
  /** What OpenAI's clients are pointed at: `http://127.0.0.1:4144/v1`. */
  readonly baseUrl: string;
}

/** What the gateway tells of money and use. Amounts are whole nano-dollars. */
export interface Spending {
  readonly today: Period;
  readonly month: Period;
  /** The month's models, dearest first, at most five. */
  readonly models: readonly ModelUse[];
  /** The providers that can be called, by their titles. */
  readonly providers: readonly string[];
  /** How many virtual keys there are. */
  readonly keys: number;
}

export interface Period {
  readonly cost: number;
  readonly calls: number;
  readonly failed: number;
  /** Tokens, cached ones included. */
  readonly input: number;
  readonly output: number;
}

export interface ModelUse {
  readonly model: string;
  readonly cost: number;
  readonly calls: number;
}

export type Method = keyof PanelRequests;
export type Params<M extends Method> = PanelRequests[M]['params'];
export type Result<M extends Method> = PanelRequests[M]['result'];
export type PanelHandlers = { readonly [M in Method]: (params: Params<M>) => Promise<Result<M>> };

export interface Ask<M extends Method = Method> {
  readonly type: 'ask';
  readonly id: number;
  readonly method: M;
  readonly params: Params<M>;
}

/** What the host tells the page. */
export type Told =
  | { readonly type: 'reply'; readonly id: number; readonly result: Result<Method> }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly message: string;
      readonly remedies: readonly Remedy[];
    }
  /** Something of what was shown is not so any more. */
  | { readonly type: 'changed' };
