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
  ShapeError,
  strictObject,
  text,
  type Shape,
  type Shaped,
} from '../lib/shape.ts';

/** How the page reads the configuration's file, and what it may change there. Names and units are the file's own. */

const limits = { order: maybe(orNull(number)), weight: maybe(orNull(number)), rpm: maybe(orNull(number)) };
const more = { tpm: maybe(orNull(number)), max_parallel_requests: maybe(orNull(number)) };
const prices = {
  input_cost_per_token: maybe(orNull(number)),
  output_cost_per_token: maybe(orNull(number)),
  cache_read_input_token_cost: maybe(orNull(number)),
};
/** What stands in an entry; null clears, and what is left out stays. */
const deploymentFields = {
  model_name: maybe(shortText),
  model: maybe(shortText),
  /** The name of the variable that the key is in. A key itself never passes here, neither way. */
  key: maybe(orNull(shortText)),
  api_base: maybe(orNull(shortText)),
  tags: maybe(orNull(list(shortText))),
  ...limits,
  ...more,
  ...prices,
};
export const deploymentValues = strictObject(deploymentFields);
export type DeploymentValues = Shaped<typeof deploymentValues>;

const standIns = record(list(shortText));
const routingFields = {
  routing_strategy: maybe(orNull(shortText)),
  /** The names that stand for others. */
  model_group_alias: maybe(record(shortText)),
  fallbacks: maybe(standIns),
  context_window_fallbacks: maybe(standIns),
  content_policy_fallbacks: maybe(standIns),
  budget_fallbacks: maybe(standIns),
  default_fallbacks: maybe(list(shortText)),
};
export const routingValues = strictObject(routingFields);
export type RoutingValues = Shaped<typeof routingValues>;

/** The gateway's own budget, and the one that new projects have; null for none. */
const budgetFields = {
  max_budget: maybe(orNull(number)),
  default_team_params: maybe(orNull(strictObject({ max_budget: number, budget_duration: shortText }))),
};

const byType = {
  /** `id` null: a new entry. */
  deployment: strictObject({ type: oneOf(['deployment']), id: orNull(shortText), values: deploymentValues }),
  remove: strictObject({ type: oneOf(['remove']), id: shortText }),
  routing: strictObject({ type: oneOf(['routing']), values: routingValues }),
  budgets: strictObject({ type: oneOf(['budgets']), values: strictObject(budgetFields) }),
  /** Writes down the models that are offered as long as the file lists none. */
  starter: strictObject({ type: oneOf(['starter']) }),
};
export type RoutingEdit = Shaped<(typeof byType)[keyof typeof byType]>;

const editShape: Shape<RoutingEdit> = (value, place) => {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || !isEditType(type)) throw new ShapeError(`${place}.type is not known.`);
  return byType[type](value, place);
};
const isEditType = (type: string): type is keyof typeof byType => Object.hasOwn(byType, type);

export const configEditParams = strictObject({
  /** The one that the page has seen; what was changed meanwhile is not overwritten. */
  version: text,
  edits: list(editShape),
  /** Else it is only shown what would be written. */
  save: flag,
});

export const configEditResult = object({
  saved: flag,
  /** Whether it is in force. */
  taken: flag,
  version: text,
  /** `-` goes, `+` comes, a space stays; `…` stands for lines that are left out. Secrets are hidden. */
  diff: list(object({ mark: oneOf([' ', '-', '+', '…']), text })),
  /** What the loader remarks about the new text and not about the old one. */
  remarks: list(text),
});

export const configurationResult = object({
  file: text,
  /** Whether there is such a file. */
  exists: flag,
  /** Empty where there is none. */
  version: text,
  /** Why nothing can be edited, if that is so. */
  problem: orNull(text),
  /** Whether the file, or one that it includes, lists models; else the built-in ones are offered. */
  listsModels: flag,
  /** In this file; those of included ones are not among them. */
  entries: list(
    object({
      id: text,
      /** A key stands in the file itself. */
      holdsSecret: flag,
      values: object(deploymentFields),
    }),
  ),
  routing: object(routingFields),
  budgets: object(budgetFields),
});
export type Configuration = Shaped<typeof configurationResult>;
export type ConfigDiff = Shaped<typeof configEditResult>['diff'];
