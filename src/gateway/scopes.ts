import type { Limit } from '../budgets/limit.ts';
import type { Allowance } from '../chat/allowance.ts';
import type { Config } from '../config/config.ts';
import { accountNames } from '../config/account.ts';
import { projectTitle, type Project } from '../keys/project.ts';
import { allowancesOf, type Terms } from '../keys/terms.ts';
import { titleOf, type VirtualKey } from '../keys/virtual-key.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import { knownProject } from './permit.ts';
import type { Ports } from './ports.ts';
import type { Scopes, Serving } from './serving.ts';

/**
 * The budgets that count a call wherever it goes: the whole gateway's, its project's and its key's. The administrator's
 * calls obey the gateway's.
 */
export function scopesOf(ports: Ports, call: Call): Scopes {
  const owners = ownersOf(ports, call);
  const config = ports.config();
  const inmost = owners.at(-1) ?? config;
  const known = knownScopes.get(inmost);
  if (known?.config === config && known.scopes.owners.every((owner, index) => owner === owners[index]))
    return known.scopes;
  const scopes = {
    limits: [...gatewayLimits(config), ...owners.flatMap(({ limits }) => limits)],
    names: ['gateway', ...owners.map(({ scope }) => scope)],
    soft: owners.flatMap(({ soft }) => soft),
    owners,
  };
  knownScopes.set(inmost, { config, scopes });
  return scopes;
}

/** Of the last call of an owner: the next one is mostly alike, and whoever counts on a list knows it again. */
const knownScopes = new WeakMap<object, { readonly config: Config; readonly scopes: Scopes }>();

function ownersOf(ports: Ports, call: Call): readonly Owner[] {
  const { key } = call.caller;
  const project = knownProject(ports, call);
  const owners: Owner[] = [];
  if (project !== undefined) owners.push(ownerOf(ports, project, () => projectNames(project)));
  if (key !== undefined) owners.push(ownerOf(ports, key, () => keyNames(key)));
  return owners;
}

/** Every budget that can hold a call up, each once. */
export function allLimits(ports: Ports): readonly Limit[] {
  const owners = [
    ...ports.projects.list().map((project) => ownerOf(ports, project, () => projectNames(project))),
    ...ports.keys.list().map((key) => ownerOf(ports, key, () => keyNames(key))),
  ];
  const limits = [
    ...gatewayLimits(ports.config()),
    ...owners.flatMap((owner) => [
      ...owner.limits,
      ...Object.keys(owner.terms.modelBudgets).flatMap((model) => modelLimits([owner], model, model)),
    ]),
    ...ports.catalog().deployments.flatMap((one) => routeOf(ports.config(), one, one.name).limits),
  ];
  return [...new Map(limits.map((limit) => [`${limit.scope} ${String(limit.duration)} ${limit.max}`, limit])).values()];
}

/** Whose budgets a call is on, beside the gateway's. */
export interface Owner extends Names {
  readonly terms: Terms;
  readonly limits: readonly Limit[];
  readonly soft: readonly Limit[];
}

interface Names {
  readonly scope: string;
  readonly title: string;
  /** Where its budgets are changed. */
  readonly route: string;
}

/**
 * All budgets of one attempt: the call's own, and those of its deployment, the provider, the account and the model, which
 * depend on the route. It counts there whether or not they are limited yet: a budget that is set later knows what was spent.
 */
export function scopesAt({ ports, scopes, route: { group } }: Serving, deployment: Deployment): Scopes {
  const known = knownAt.get(deployment);
  if (known?.before === scopes && known.group === group) return known.scopes;
  const { limits, soft, owners, names } = scopes;
  const atModels = modelLimits(owners, group, deployment.name);
  const onRoute = routeOf(ports.config(), deployment, group);
  const there = {
    limits: [...limits, ...atModels, ...onRoute.limits],
    soft,
    owners,
    names: [...names, ...onRoute.names],
  };
  knownAt.set(deployment, { before: scopes, group, scopes: there });
  return there;
}

/** Of a deployment's last attempt. */
const knownAt = new WeakMap<Deployment, { readonly before: Scopes; readonly group: string; readonly scopes: Scopes }>();

const knownGateways = new WeakMap<Config, readonly Limit[]>();

function gatewayLimits(config: Config): readonly Limit[] {
  const known = knownGateways.get(config);
  if (known !== undefined) return known;
  const { maxBudget, budgetDuration = null, budgetLimits } = config;
  const named = (setting: string) => ({
    scope: 'gateway',
    title: 'the whole gateway',
    raise: `raise litellm_settings.${setting} in the configuration`,
  });
  const own = maxBudget === undefined ? [] : [{ max: maxBudget, duration: budgetDuration }];
  const limits = [...limitsFor(own, named('max_budget')), ...limitsFor(budgetLimits, named('budget_limits'))];
  knownGateways.set(config, limits);
  return limits;
}

/** A key or project that is changed is another object. */
const knownOwners = new WeakMap<Terms, Owner>();

function ownerOf({ clock }: Ports, terms: Terms, names: () => Names): Owner {
  const known = knownOwners.get(terms);
  if (known !== undefined && terms.raise === null) return known; // a raise ends by itself
  const owner = newOwner(terms, names(), clock.now());
  knownOwners.set(terms, owner);
  return owner;
}

function newOwner(terms: Terms, names: Names, now: number): Owner {
  const { scope, title, route } = names;
  const limits = allowancesOf(terms, now).map((allowance, index): Limit => {
    const field = index === 0 && terms.maxBudget !== null ? 'max_budget' : 'budget_limits';
    return { scope, title, ...allowance, raise: `raise its ${field} with ${route}` };
  });
  const { softBudget: max, budgetDuration: duration } = terms;
  return { ...names, terms, limits, soft: max === null ? [] : [{ scope, title, max, duration, raise: '' }] };
}

const projectNames = (project: Project): Names => ({
  scope: `project:${project.id}`,
  title: projectTitle(project),
  route: 'POST /team/update',
});
const keyNames = (key: VirtualKey): Names => ({
  scope: `key:${key.id}`,
  title: titleOf(key),
  route: 'POST /key/update',
});

/** What the owners may spend on a model, by its own name and by the pattern that it is of. */
function modelLimits(owners: readonly Owner[], group: string, pattern: string): readonly Limit[] {
  const limits: Limit[] = [];
  for (const { scope, title, terms, route } of owners) {
    for (const model of group === pattern ? [group] : [group, pattern]) {
      const allowance = ofOwn(terms.modelBudgets, model);
      if (allowance === undefined) continue;
      const raise = `raise its model_max_budget with ${route}`;
      limits.push({ scope: `${scope}/group:${model}`, title: `${title} for "${model}"`, ...allowance, raise });
    }
  }
  return limits;
}

/** What counts a call by the way it takes. */
type OnRoute = Pick<Scopes, 'limits' | 'names'>;

/** A deployment belongs to one configuration. */
const knownRoutes = new WeakMap<Deployment, OnRoute>();

/** The budgets of a deployment, its account, its provider and the model that it is asked for. */
function routeOf(config: Config, one: Deployment, group: string): OnRoute {
  let known = knownRoutes.get(one);
  if (known === undefined) {
    const { name, account, provider, id } = one;
    const limits = [
      ...groupLimits(config, name),
      ...accountLimits(config, account),
      ...providerLimits(config, one),
      ...ownLimits(one),
    ];
    const names = [`group:${name}`, `account:${account}`, `provider:${provider.name}`, `deployment:${id}`];
    knownRoutes.set(one, (known = { limits, names }));
  }
  if (group === one.name) return known;
  return { limits: [...groupLimits(config, group), ...known.limits], names: [`group:${group}`, ...known.names] };
}

const groupLimits = ({ groupBudgets }: Config, model: string): readonly Limit[] =>
  limitsFor(ofOwn(groupBudgets, model), {
    scope: `group:${model}`,
    title: `the model "${model}"`,
    raise: `raise router_settings.model_group_budget_config."${model}" in the configuration`,
  });

/** The budgets of a provider account. */
export const accountLimits = ({ accountBudgets }: Config, account: string): readonly Limit[] =>
  accountNames(account).flatMap((name) =>
    limitsFor(ofOwn(accountBudgets, name), {
      scope: `account:${account}`,
      title: `the account ${name}`,
      raise: `raise general_settings.account_budgets.${name} in the configuration`,
      elsewhere: true,
    }),
  );

const providerLimits = ({ providerBudgets }: Config, { provider: { name, title } }: Deployment): readonly Limit[] =>
  limitsFor(ofOwn(providerBudgets, name), {
    scope: `provider:${name}`,
    title: `the provider ${title}`,
    raise: `raise router_settings.provider_budget_config.${name} in the configuration`,
    elsewhere: true,
  });

function ownLimits({ id, name, model, provider, config }: Deployment): readonly Limit[] {
  const { maxBudget: max, budgetDuration: duration = null } = config;
  return limitsFor(max === undefined ? [] : [{ max, duration }], {
    scope: `deployment:${id}`,
    title: `the deployment ${provider.name}/${model} of "${name}"`,
    raise: 'raise max_budget of its entry in model_list',
    elsewhere: true,
  });
}

const limitsFor = (allowances: readonly Allowance[] | undefined, whose: Omit<Limit, 'max' | 'duration'>) =>
  (allowances ?? []).map((allowance): Limit => ({ ...whose, ...allowance }));

/** Names come from clients, and `constructor` is none of ours. */
const ofOwn = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
