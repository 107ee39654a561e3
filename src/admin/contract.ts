import {
  flag,
  list,
  maybe,
  number,
  object,
  oneOf,
  orNull,
  record,
  shortText,
  strictObject,
  text,
  type Shape,
  type Shaped,
} from '../lib/shape.ts';
import { readableBody, readableParts } from './body-shape.ts';
import { configEditParams, configEditResult, configurationResult } from './config-shape.ts';
import { dryRunParams, dryRunResult } from './dry-run-shape.ts';
import { priceShape, row } from './row-shape.ts';

/**
 * What the panel may ask, and how questions and answers look: the only file that `webview-ui` imports from `src`. Both
 * sides read what the other sent by these shapes, and what they do not name goes no further. Amounts are whole
 * nano-dollars and times milliseconds since the epoch, except where a name ends in `_budget` or the like: those are
 * LiteLLM's, in dollars and ISO times.
 */

/** What the panel may have the editor do; each is a command too. */
export const panelActions = [
  'copyBaseUrl',
  'createKey',
  'addProviderKey',
  'openConfiguration',
  'choosePort',
  'restart',
  'showLog',
  'openPanel',
  'useOtherPurser',
  'reloadWindow',
] as const;
export type PanelAction = (typeof panelActions)[number];

/** What may help, with the words for its button. */
export interface Remedy {
  readonly action: PanelAction;
  readonly title: string;
}

const period = object({ cost: number, calls: number, failed: number, input: number, output: number });
const spendingFields = {
  today: period,
  month: period,
  /** The month's models, dearest first, at most five. */
  models: list(object({ model: text, cost: number, calls: number })),
  /** The providers that can be called, by their titles. */
  providers: list(text),
  /** How many virtual keys there are. */
  keys: number,
};

/** Which calls are meant. An empty text finds those that have none. */
const filterFields = {
  key: maybe(shortText),
  project: maybe(shortText),
  model: maybe(shortText),
  provider: maybe(shortText),
  account: maybe(shortText),
  assistant: maybe(shortText),
  branch: maybe(shortText),
  status: maybe(shortText),
  source: maybe(shortText),
  session: maybe(shortText),
  search: maybe(shortText),
  failed: maybe(oneOf(['true'])),
  since: maybe(number),
  until: maybe(number),
};
export const filterShape = strictObject(filterFields);
export type Filter = Shaped<typeof filterShape>;

const figures = {
  ...{ cost: number, saved: number, calls: number, failed: number, cached: number },
  ...{ input: number, cacheRead: number, cacheWrite: number, output: number, reasoning: number },
};
const sum = { name: orNull(text), ...figures };
export const groupings = ['model', 'project', 'provider', 'key', 'assistant'] as const;
export type Grouping = (typeof groupings)[number];

const report = object({
  since: number,
  until: number,
  timezone: text,
  total: object(figures),
  previous: object({ since: number, until: number, total: object(figures) }),
  lines: list(object({ ...sum, previousCost: maybe(number) })),
  sources: list(object(sum)),
  series: maybe(list(object({ ...sum, time: text }))),
});

/** A call under way. What it cost so far is reckoned, not billed. */
const runningCall = object({
  ...{ call: text, at: number, key: text, keyAlias: orNull(text), project: orNull(text), assistant: orNull(text) },
  ...{ group: text, model: orNull(text), provider: orNull(text), stream: flag },
  /** `waiting`: for money or its turn; `sent`: the provider has not begun; `answering`. */
  stage: oneOf(['waiting', 'sent', 'answering']),
  ...{ input: orNull(number), output: orNull(number), cost: orNull(number), most: orNull(number) },
  attempts: number,
});

/** A budget and how far it is used; `since` and `until` bound its window, null where it is never reset. */
const budget = object({
  ...{ scope: text, title: text, max: number, spent: number, held: number, duration: orNull(text) },
  ...{ since: orNull(number), until: orNull(number) },
});

const windowBudget = object({ max_budget: number, budget_duration: orNull(text) });
const terms = {
  ...{ spend: number, total_spend: number, held: number, budget_reset_at: orNull(text), models: list(text) },
  ...{ max_budget: orNull(number), budget_duration: orNull(text), budget_limits: list(windowBudget) },
  ...{ soft_budget: orNull(number), temp_budget_increase: orNull(number), temp_budget_expiry: orNull(text) },
  ...{ rpm_limit: orNull(number), tpm_limit: orNull(number), max_parallel_requests: orNull(number), blocked: flag },
};
const keyRow = object({
  ...{ token: text, key_name: text, key_alias: orNull(text), expires: orNull(text), team_id: orNull(text) },
  ...{ aliases: record(text), keep_bodies: orNull(number), blocked_because: orNull(text), created_at: text, ...terms },
});
const projectRow = object({
  ...{ team_id: text, team_alias: orNull(text), folders: list(text), git_remotes: list(text), keys: list(text) },
  ...terms,
});

/** What can be set of keys and projects alike. Null clears. */
const settable = {
  models: maybe(orNull(list(shortText))),
  max_budget: maybe(orNull(number)),
  budget_duration: maybe(orNull(shortText)),
  budget_limits: maybe(orNull(list(strictObject({ max_budget: number, budget_duration: shortText })))),
  soft_budget: maybe(orNull(number)),
  temp_budget_increase: maybe(orNull(number)),
  temp_budget_expiry: maybe(orNull(shortText)),
  rpm_limit: maybe(orNull(number)),
  tpm_limit: maybe(orNull(number)),
  max_parallel_requests: maybe(orNull(number)),
};
const keySettings = {
  ...settable,
  key_alias: maybe(orNull(shortText)),
  aliases: maybe(orNull(record(shortText))),
  team_id: maybe(orNull(shortText)),
  duration: maybe(orNull(shortText)),
  keep_bodies: maybe(orNull(number)),
};
const projectSettings = {
  ...settable,
  team_alias: maybe(orNull(shortText)),
  folders: maybe(orNull(list(shortText))),
  git_remotes: maybe(orNull(list(shortText))),
};

const deployment = object({
  ...{ id: text, group: text, model: text, provider: text, account: text, order: orNull(number) },
  ...{ weight: orNull(number), state: oneOf(['healthy', 'cooling', 'probing']), reason: orNull(text) },
  ...{ message: orNull(text), accountWide: flag, until: orNull(number), inFlight: number },
  ...{ requestsThisMinute: number, failuresThisMinute: number, tokensThisMinute: number, latencyMs: orNull(number) },
  lastError: orNull(object({ at: number, kind: text, message: text })),
});
const model = object({
  model_name: text,
  model_info: object({
    ...{ id: text, mode: orNull(text), max_input_tokens: orNull(number), max_output_tokens: orNull(number) },
    ...{ input_cost_per_token: maybe(orNull(number)), output_cost_per_token: maybe(orNull(number)) },
    ...{ cache_read_input_token_cost: maybe(orNull(number)), price_source: orNull(text), price_as_of: orNull(text) },
    ...{ price_assumed: orNull(flag), price_warning: orNull(text) },
  }),
});

const cooling = object({ reason: text, message: text, since: text, until: text });
const account = object({
  ...{ account: text, provider: text, title: text, key: oneOf(['set', 'missing', 'not needed']) },
  cooling: orNull(cooling),
  last_error: orNull(object({ at: text, reason: text, message: text })),
  budgets: list(object({ max: number, duration: orNull(text), spent: number, held: number, resets_at: orNull(text) })),
  balances: orNull(list(object({ currency: text, left: number }))),
  balance_error: orNull(text),
  spent: object({ today: number, month: number }),
  deployments: list(object({ id: text, name: text, model: text })),
});

const tested = object({ healthy: flag, error: maybe(text), reason: maybe(text), response_time_ms: maybe(number) });

const nothing = strictObject({});
const done = object({});
const idOf = strictObject({ id: shortText });
const keyed = strictObject({ key: shortText });
const ofCall = strictObject({ call: shortText });
const ofReplay = strictObject({ call: shortText, model: shortText });

const method = <P, R>(
  params: Shape<P>,
  result: Shape<R>,
): { readonly params: Shape<P>; readonly result: Shape<R> } => ({
  params,
  result,
});

export const panelMethods = {
  /** Where this is, and what clients are pointed at: `http://127.0.0.1:4144/v1`. */
  about: method(nothing, object({ baseUrl: text, host: oneOf(['editor', 'browser']), timeZone: text })),
  /** `revision` rises with everything that is booked. */
  spend: method(nothing, object({ today: number, month: number, revision: number, paused: orNull(number) })),
  /** A brake on everything that costs money; calls under way come to their end. */
  pauseSpending: method(strictObject({ on: flag }), object({ on: flag })),
  overview: method(nothing, object({ ...spendingFields, baseUrl: text })),
  /** The folder that the editor has open, and its project's budget; null where there is none. */
  workspace: method(
    nothing,
    orNull(
      object({
        name: text,
        project: orNull(object({ id: text, title: text, spent: number, max: orNull(number), until: orNull(number) })),
      }),
    ),
  ),
  report: method(strictObject({ by: oneOf(groupings), step: maybe(oneOf(['day', 'hour'])), ...filterFields }), report),
  budgets: method(nothing, object({ now: number, budgets: list(budget) })),
  rows: method(
    strictObject({ ...filterFields, after: maybe(shortText), limit: maybe(number), count: maybe(oneOf(['true'])) }),
    object({ rows: list(row), next: orNull(text), count: maybe(number) }),
  ),
  /** Writes the calls that are meant to a file; `saved` is its path, null where the user thought better of it. */
  exportRows: method(
    strictObject({ format: oneOf(['csv', 'json']), filter: filterShape }),
    object({ saved: orNull(text) }),
  ),
  calls: method(nothing, object({ now: number, calls: list(runningCall) })),
  stopCall: method(ofCall, object({ stopped: flag })),
  /** What is kept of a call's prompt and answer; where nothing is, why. */
  callBody: method(ofCall, object({ body: orNull(readableBody), why: orNull(text) })),
  /** The same as JSON in the client's format, without its files. */
  rawBody: method(ofCall, object({ request: text, answer: text })),
  deleteBody: method(ofCall, done),
  /** `most`: what it may cost, nano-dollars; null where no price is known. */
  replayQuote: method(
    ofReplay,
    object({
      most: orNull(number),
      deployments: list(object({ model: text, assumed: flag, price: orNull(priceShape) })),
    }),
  ),
  replay: method(ofReplay, object({ original: orNull(row), replay: orNull(row), answer: readableParts })),
  keys: method(nothing, object({ keys: list(keyRow) })),
  /** `key` is the secret, which is told this once. */
  createKey: method(strictObject(keySettings), object({ key: text, token: text, key_name: text })),
  updateKey: method(strictObject({ key: shortText, ...keySettings }), keyRow),
  blockKey: method(strictObject({ key: shortText, blocked: flag }), done),
  rotateKey: method(
    strictObject({ key: shortText, grace_period: maybe(shortText) }),
    object({ key: text, key_name: text }),
  ),
  deleteKey: method(keyed, done),
  projects: method(nothing, object({ projects: list(projectRow) })),
  createProject: method(strictObject(projectSettings), done),
  updateProject: method(strictObject({ team_id: shortText, ...projectSettings }), done),
  blockProject: method(strictObject({ team_id: shortText, blocked: flag }), done),
  deleteProject: method(strictObject({ team_id: shortText }), done),
  deployments: method(nothing, object({ deployments: list(deployment), models: list(model) })),
  retryDeployment: method(idOf, done),
  testDeployment: method(idOf, tested),
  /** What would become of a request; nothing is sent. */
  dryRun: method(dryRunParams, dryRunResult),
  accounts: method(nothing, object({ accounts: list(account) })),
  testProvider: method(
    strictObject({ provider: shortText }),
    object({ ok: flag, models: maybe(orNull(list(text))), error: maybe(text) }),
  ),
  /** What the configuration's file says of models and routing. */
  configuration: method(nothing, configurationResult),
  editConfiguration: method(configEditParams, configEditResult),
  act: method(strictObject({ action: oneOf(panelActions) }), done),
};

type Methods = typeof panelMethods;
export type Method = keyof Methods;
export type Params<M extends Method> = Shaped<Methods[M]['params']>;
export type Result<M extends Method> = Shaped<Methods[M]['result']>;
/** The results as they come: what answers by these shapes is read before it goes on. */
export type PanelHandlers = { readonly [M in Method]: (params: Params<M>) => Promise<unknown> };

export type Overview = Result<'overview'>;
/** What the gateway tells of money and use. Tokens of `input` count cached ones. */
export type Spending = Omit<Overview, 'baseUrl'>;
export type Period = Overview['today'];
export type ModelUse = Overview['models'][number];
export type Report = Result<'report'>;
export type Row = Result<'rows'>['rows'][number];
export type RunningCall = Result<'calls'>['calls'][number];
export type Budget = Result<'budgets'>['budgets'][number];
export type KeyRow = Result<'keys'>['keys'][number];
export type ProjectRow = Result<'projects'>['projects'][number];
export type DeploymentRow = Result<'deployments'>['deployments'][number];
export type ModelRow = Result<'deployments'>['models'][number];
export type { Configuration, ConfigDiff, DeploymentValues, RoutingEdit, RoutingValues } from './config-shape.ts';
export type DryRun = Result<'dryRun'>;
export type AccountRow = Result<'accounts'>['accounts'][number];
export type Workspace = Result<'workspace'>;
export type { ReadableBody, ReadablePart, ReadableTurn } from './body-shape.ts';
export type Replay = Result<'replay'>;

export interface Ask<M extends Method = Method> {
  readonly type: 'ask';
  readonly id: number;
  readonly method: M;
  readonly params: Params<M>;
}

/** What the host tells the page. */
export type Told =
  | { readonly type: 'reply'; readonly id: number; readonly result: unknown }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly message: string;
      readonly remedies: readonly Remedy[];
    }
  /** Something of what was shown is not so any more. */
  | { readonly type: 'changed' };

export const isMethod = (name: unknown): name is Method =>
  typeof name === 'string' && Object.hasOwn(panelMethods, name);
