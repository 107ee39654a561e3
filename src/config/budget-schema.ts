import * as z from 'zod';
import { count, dollars, duration, limit, text, texts, toggle } from './checks.ts';

const expectBudget = 'a budget such as { "max_budget": 10, "budget_duration": "1d" }';

/** A budget in either of the two ways in which LiteLLM writes them. */
export const budgetEntry = z.union(
  [
    z.strictObject({ max_budget: dollars, budget_duration: duration.optional() }),
    z.strictObject({ budget_limit: dollars, time_period: duration.optional() }),
  ],
  expectBudget,
);

export type BudgetEntry = z.infer<typeof budgetEntry>;

export const budgetList = z.array(budgetEntry, `a list of budgets, each ${expectBudget}`);
/** By name; each has one budget or several. */
const budgetsByName = (names: string) =>
  z.record(z.string(), z.union([budgetEntry, budgetList], expectBudget), `a mapping of ${names} to budgets`);

const perMinute = count(0, 'a whole number, 0 or more');

/** The most that a new key may have. */
const keyBounds = z.strictObject(
  {
    max_budget: dollars.optional(),
    budget_duration: duration.optional(),
    duration: duration.optional(),
    rpm_limit: perMinute.optional(),
    tpm_limit: perMinute.optional(),
    max_parallel_requests: perMinute.optional(),
  },
  'a mapping of max_budget, budget_duration, duration, rpm_limit, tpm_limit or max_parallel_requests',
);

/** What a new key has that its request does not name. */
const keyDefaults = z.strictObject(
  {
    ...keyBounds.shape,
    soft_budget: dollars.optional(),
    budget_limits: budgetList.optional(),
    model_max_budget: z.record(z.string(), budgetEntry, 'a mapping of models to budgets').optional(),
    budget_fallbacks: z.record(z.string(), texts, 'a mapping of models to lists of models').optional(),
    models: texts.optional(),
    aliases: z.record(z.string(), text, 'a mapping of names to models').optional(),
    team_id: text.optional(),
    metadata: z.record(z.string(), z.json(), 'a mapping').optional(),
    blocked: toggle.optional(),
  },
  'a mapping of fields of /key/generate',
);

const { duration: _, ...termsOfAll } = keyBounds.shape;

/** What a new project has that its request does not name. LiteLLM keeps more there. */
const projectDefaults = z.looseObject(
  { ...termsOfAll, soft_budget: dollars.optional(), budget_limits: budgetList.optional(), models: texts.optional() },
  'a mapping of fields of /team/new',
);
export const projectDefaultFields: readonly string[] = Object.keys(projectDefaults.shape);

export const litellmBudgetKeys = {
  budget_limits: budgetList.optional().describe('Further budgets of the whole gateway, each in windows of its own'),
  default_key_generate_params: keyDefaults.optional().describe('What a new key has that its request does not name'),
  default_team_params: projectDefaults
    .optional()
    .describe('What a new project has that its request does not name: the editor makes one for each folder'),
  upperbound_key_generate_params: keyBounds.optional().describe('The most that a new key may have'),
};

export const routerBudgetKeys = {
  provider_budget_config: budgetsByName('providers').optional().describe('What may be spent at each provider'),
  model_group_budget_config: budgetsByName('models').optional().describe('What may be spent on each model_name'),
};

export const generalBudgetKeys = {
  account_budgets: budgetsByName('variables that hold keys')
    .optional()
    .describe('What may be spent on each account, such as { "OPENAI_API_KEY": { "max_budget": 10 } }'),
  global_max_parallel_requests: limit.optional().describe('Requests under way at once, of all keys together'),
};
