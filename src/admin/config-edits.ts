import { invalid } from '../chat/failure.ts';
import { deploymentId } from '../config/deployment-id.ts';
import type { ConfigEdit } from '../config/edit.ts';
import {
  defined,
  isArray,
  isObject,
  numberIn,
  objectIn,
  objectsIn,
  stringIn,
  type Json,
  type JsonObject,
} from '../lib/json.ts';
import type { Redact } from '../lib/redact.ts';
import { checkForSecrets, referenceTo, variableTyped } from './config-secrets.ts';
import type { Configuration, RoutingEdit, DeploymentValues, RoutingValues } from './config-shape.ts';

/** What the page's edits are made with. */
export interface Editing {
  /** What the file says now. */
  readonly root: JsonObject;
  readonly starter: readonly JsonObject[];
  readonly redact: Redact;
}

/** The changes of the file that an edit of the page means. Throws for what may not stand there. */
export function changesFor(edit: RoutingEdit, editing: Editing): readonly ConfigEdit[] {
  switch (edit.type) {
    case 'starter':
      return editing.starter.map((value) => ({ type: 'append', path: ['model_list'], value }));
    case 'remove':
      return [{ type: 'remove', path: ['model_list', { deployment: edit.id }] }];
    case 'deployment':
      return [deploymentChange(edit.id, edit.values, editing)];
    case 'routing':
      return routingChanges(edit.values, editing);
    case 'budgets':
      return Object.entries(edit.values).map(([name, value]) => budgetChange(name, value));
  }
}

function budgetChange(name: string, value: Json): ConfigEdit {
  const path = ['litellm_settings', name];
  return value === null ? { type: 'remove', path } : { type: 'set', path, value };
}

function deploymentChange(id: string | null, values: DeploymentValues, editing: Editing): ConfigEdit {
  const { key, ...rest } = values;
  checkForSecrets(rest, editing.redact, 'values');
  const before = id === null ? {} : entryOf(editing.root, id);
  const value = entryWith(before, values, editing.redact);
  if (id !== null) return { type: 'set', path: ['model_list', { deployment: id }], value };
  for (const name of ['model_name', 'model'] as const)
    if (values[name] === undefined || values[name] === '') throw invalid(`${name} is missing.`, name);
  return { type: 'append', path: ['model_list'], value };
}

function entryOf(root: JsonObject, id: string): JsonObject {
  const entry = objectsIn(root['model_list']).find((one) => deploymentId(one) === id);
  if (entry === undefined)
    throw invalid('That entry is not in this file any more, or it stands in one that this file includes.', 'id');
  return entry;
}

/** The entry with the values in the places where they stand already, else in LiteLLM's usual ones. */
function entryWith(before: JsonObject, values: DeploymentValues, redact: Redact): JsonObject {
  const { model_name = before['model_name'], key, ...others } = values;
  const params: Record<string, Json | undefined> = { ...objectIn(before['litellm_params']) };
  const info: Record<string, Json | undefined> = { ...objectIn(before['model_info']) };
  for (const [name, value] of Object.entries(others)) {
    const place = Object.hasOwn(info, name) && !Object.hasOwn(params, name) ? info : params;
    place[name] = value ?? undefined;
  }
  if (key !== undefined)
    params['api_key'] = key === null || key === '' ? undefined : referenceTo(variableTyped(key, redact));
  return defined({
    ...before,
    model_name,
    litellm_params: defined(params),
    ...(Object.keys(info).length > 0 && { model_info: defined(info) }),
  });
}

const lists = ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks', 'budget_fallbacks'] as const;

function routingChanges(values: RoutingValues, { root, redact }: Editing): readonly ConfigEdit[] {
  checkForSecrets(values, redact, 'values');
  const changes: ConfigEdit[] = [];
  const change = (name: string, value: Json | null): void => {
    const path = [sectionOf(root, name), name];
    changes.push(value === null || isEmpty(value) ? { type: 'remove', path } : { type: 'set', path, value });
  };
  if (values.routing_strategy !== undefined) change('routing_strategy', values.routing_strategy);
  if (values.default_fallbacks !== undefined) change('default_fallbacks', values.default_fallbacks);
  if (values.model_group_alias !== undefined) change('model_group_alias', aliases(root, values.model_group_alias));
  for (const name of lists) {
    const given = values[name];
    if (given !== undefined)
      change(
        name,
        Object.entries(given).map(([model, standIns]) => ({ [model]: standIns })),
      );
  }
  return changes;
}

const isEmpty = (value: Json): boolean =>
  value === '' || (isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** Where a setting stands; `router_settings` wins where it stands in both. */
const sectionOf = (root: JsonObject, name: string): string =>
  objectIn(root['router_settings'])[name] === undefined && objectIn(root['litellm_settings'])[name] !== undefined
    ? 'litellm_settings'
    : 'router_settings';

/** An alias that is hidden stays so. */
function aliases(root: JsonObject, given: Readonly<Record<string, string>>): JsonObject {
  const before = objectIn(objectIn(root['router_settings'])['model_group_alias']);
  return Object.fromEntries(
    Object.entries(given).map(([name, model]) => {
      const known = Object.hasOwn(before, name) ? before[name] : undefined;
      return [name, isObject(known) ? { ...known, model } : model];
    }),
  );
}

/** What stands in the file about routing, as the page has it. */
export function routingIn(root: JsonObject): RoutingValues {
  const at = (name: string): Json | undefined => objectIn(root[sectionOf(root, name)])[name];
  const textsIn = (value: Json | undefined): readonly string[] =>
    (isArray(value) ? value : []).flatMap((one) => stringIn(one) ?? []);
  const listAt = (name: string): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      objectsIn(at(name)).flatMap((one) => Object.entries(one).map(([model, names]) => [model, textsIn(names)])),
    );
  return {
    routing_strategy: stringIn(at('routing_strategy')) ?? null,
    model_group_alias: Object.fromEntries(
      Object.entries(objectIn(at('model_group_alias'))).flatMap(([name, alias]) => {
        const model = stringIn(isObject(alias) ? alias['model'] : alias);
        return model === undefined ? [] : [[name, model]];
      }),
    ),
    ...Object.fromEntries(lists.map((name) => [name, listAt(name)])),
    default_fallbacks: textsIn(at('default_fallbacks')),
  };
}

/** What stands in the file about the gateway's own budget and that of new projects. */
export function budgetsIn(root: JsonObject): Configuration['budgets'] {
  const { max_budget, default_team_params } = objectIn(root['litellm_settings']);
  const { max_budget: max, budget_duration } = objectIn(default_team_params);
  const ofProjects =
    numberIn(max) === undefined ? null : { max_budget: Number(max), budget_duration: stringIn(budget_duration) ?? '' };
  return { max_budget: numberIn(max_budget) ?? null, default_team_params: ofProjects };
}
