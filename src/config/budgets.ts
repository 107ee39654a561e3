import type { Allowance } from '../chat/allowance.ts';
import { fromDollars } from '../chat/money.ts';
import { defined, type JsonObject } from '../lib/json.ts';
import { accountNames, accountOf } from './account.ts';
import { projectDefaultFields, type BudgetEntry } from './budget-schema.ts';
import type { Config, DeploymentConfig } from './config.ts';
import { quoted } from './quote.ts';
import type { Reading } from './reading.ts';
import type { GeneralSettings, LitellmSettings, RouterSettings } from './schema.ts';

type BudgetConfig = Pick<
  Config,
  | 'budgetLimits'
  | 'accountBudgets'
  | 'providerBudgets'
  | 'groupBudgets'
  | 'globalMaxParallel'
  | 'keyDefaults'
  | 'keyBounds'
  | 'projectDefaults'
>;

interface Sections {
  readonly litellm: LitellmSettings;
  readonly router: RouterSettings;
  readonly general: GeneralSettings;
}

/** What the settings say of budgets and limits, beside `max_budget`. */
export const budgetsOf = ({ litellm, router, general }: Sections): BudgetConfig => ({
  budgetLimits: (litellm.budget_limits ?? []).map(allowanceOf),
  accountBudgets: byName(general.account_budgets),
  providerBudgets: byName(router.provider_budget_config),
  groupBudgets: byName(router.model_group_budget_config),
  keyDefaults: litellm.default_key_generate_params ?? {},
  projectDefaults: projectDefaultsIn(litellm.default_team_params),
  keyBounds: litellm.upperbound_key_generate_params ?? {},
  ...defined({ globalMaxParallel: general.global_max_parallel_requests }),
});

const projectDefaultsIn = (given: LitellmSettings['default_team_params'] = {}): Config['projectDefaults'] =>
  Object.fromEntries(Object.entries(given as JsonObject).filter(([name]) => projectDefaultFields.includes(name)));

export const allowanceOf = (entry: BudgetEntry): Allowance =>
  'max_budget' in entry
    ? { max: fromDollars(entry.max_budget), duration: entry.budget_duration ?? null }
    : { max: fromDollars(entry.budget_limit), duration: entry.time_period ?? null };

const byName = (
  budgets: Readonly<Record<string, BudgetEntry | readonly BudgetEntry[]>> = {},
): Record<string, readonly Allowance[]> =>
  Object.fromEntries(Object.entries(budgets).map(([name, one]) => [name, [one].flat().map(allowanceOf)]));

/** What there is to have a budget. */
interface Budgetable {
  readonly deployments: readonly DeploymentConfig[];
  readonly isServed: (model: string) => boolean;
}

/** Reports budgets of what there is not: one that is misspelt must not be ignored. */
export function checkBudgets(reading: Reading, { router, general }: Sections, known: Budgetable): void {
  const accounts = [...new Set(known.deployments.map(accountOf))];
  const providers = [...new Set(known.deployments.map(({ provider }) => provider))];
  const unknown = (section: string, setting: string, name: string, there: readonly string[]): void =>
    reading.report.errorAtKey(
      reading.source,
      [section, setting, name],
      `${section}.${setting} has ${quoted(name)}, which no model in model_list has; there are ${there.join(', ')}`,
    );
  for (const name of Object.keys(general.account_budgets ?? {})) {
    const isKnown = accounts.some((account) => accountNames(account).includes(name));
    if (!isKnown) unknown('general_settings', 'account_budgets', name, accounts);
  }
  for (const name of Object.keys(router.provider_budget_config ?? {}))
    if (!providers.includes(name)) unknown('router_settings', 'provider_budget_config', name, providers);
  const models = [...new Set(known.deployments.map(({ name }) => name))];
  for (const name of Object.keys(router.model_group_budget_config ?? {}))
    if (!models.includes(name) && !known.isServed(name))
      unknown('router_settings', 'model_group_budget_config', name, models);
}
