import * as z from 'zod';
import type { Json } from '../lib/json.ts';
import { generalBudgetKeys, litellmBudgetKeys, routerBudgetKeys } from './budget-schema.ts';
import {
  above,
  asNumber,
  atLeast,
  clockTime,
  count,
  dollars,
  duration,
  headers,
  limit,
  seconds,
  text,
  texts,
  timeZone,
  toggle,
} from './checks.ts';
import type { Section } from './litellm-keys.ts';
import { deploymentInfoKeys, deploymentKeys, routerKeys, sharedRoutingKeys } from './routing-schema.ts';

const expectStatus = 'an HTTP status from 400 to 599';
const expectUnknownPrice = 'assume, refuse or allow';
const expectModel = '"provider/model", such as "openai/gpt-4o"';
const expectName = 'the name that clients use, such as "gpt-4o"';

/** Keys that Purser uses; further ones are defaults for the provider, prices, or LiteLLM's. */
export const litellmParams = z.looseObject(
  {
    model: z.string(expectModel).min(1, expectModel).describe('provider/model, such as openai/gpt-4o'),
    custom_llm_provider: text.optional().describe('The provider, when `model` has no prefix'),
    api_key: text.optional().describe('os.environ/NAME; without one the usual variable of the provider is tried'),
    api_base: text.optional().describe('Address of the provider, when it is not the usual one'),
    base_url: text.optional().describe('Another name for api_base'),
    api_version: text.optional().describe('Of Azure: such as 2025-04-01-preview'),
    organization: text.optional().describe("OpenAI's organization that is billed"),
    aws_access_key_id: text.optional().describe('For Amazon Bedrock; without it AWS_ACCESS_KEY_ID is tried'),
    aws_secret_access_key: text.optional().describe('os.environ/NAME; without it AWS_SECRET_ACCESS_KEY is tried'),
    aws_session_token: text.optional().describe('os.environ/NAME, for temporary credentials'),
    aws_region_name: text.optional().describe('Such as us-east-1; without it AWS_REGION is tried'),
    aws_bedrock_runtime_endpoint: text
      .optional()
      .describe('Address of Bedrock, when it is not the usual one of its region'),
    headers: headers.optional().describe('Further headers for the provider'),
    extra_headers: headers.optional().describe('Another name for headers'),
    weight: atLeast(0, 'a number, 0 or more').optional().describe('Share of the calls among deployments of one name'),
    order: count(0, 'a whole number, 0 or more').optional().describe('Lower orders are tried first'),
    rpm: limit.optional().describe('Requests a minute'),
    tpm: limit.optional().describe('Tokens a minute'),
    max_parallel_requests: limit.optional().describe('Requests under way here at once'),
    timeout: seconds.optional().describe('Seconds that a whole answer may take'),
    stream_timeout: seconds.optional().describe('Seconds until a stream begins'),
    ...deploymentKeys,
    max_budget: dollars.optional().describe('Dollars that this deployment may spend in `budget_duration`'),
    budget_duration: duration.optional().describe('How long a budget lasts until it begins anew, such as 1d or 1mo'),
    drop_params: toggle.optional().describe('Drop parameters that the provider does not know'),
    additional_drop_params: texts.optional().describe('Parameters that this deployment never gets'),
    mock_response: text.optional().describe('Answer with this text, without any provider'),
  },
  'a mapping with "model"',
);

/** LiteLLM keeps anything here and shows it; only these and the prices mean something. */
export const modelInfo = z.looseObject(
  {
    id: text.min(1, 'a text that is not empty').optional().describe('What health and ledger know it by'),
    base_model: text.optional().describe('The model whose price and limits count, such as azure/gpt-4o'),
    ...deploymentInfoKeys,
  },
  'a mapping',
);

export const modelEntry = z.looseObject(
  {
    model_name: z
      .string(expectName)
      .min(1, expectName)
      .describe('The name that clients use; several entries may share one'),
    litellm_params: litellmParams.describe('How the model is called'),
    model_info: modelInfo.optional().describe('What is known of the model: id, base_model, limits, prices'),
  },
  'a mapping with "model_name" and "litellm_params"',
);

/** The rest of LiteLLM's parameters are for stores that Purser does not have. */
const cacheParams = z.looseObject(
  {
    type: text.optional().describe('local: answers are kept in memory, and nowhere else'),
    ttl: seconds.optional().describe('Seconds that an answer is kept; 600 unless said'),
    namespace: text.optional().describe('Shares the answers among all keys; without one each key has its own'),
    supported_call_types: texts.optional().describe('Such as acompletion, aembedding, arerank'),
    mode: z
      .enum(['default_on', 'default_off'], 'default_on or default_off')
      .optional()
      .describe('default_off: only requests with cache: {"use-cache": true}'),
    max_size_mb: above(0, 'a number of megabytes above 0').optional().describe('Memory for answers; 50 unless said'),
  },
  'a mapping',
);

export const litellmSettings = z.looseObject(
  {
    ...sharedRoutingKeys,
    drop_params: toggle
      .optional()
      .describe('Drop parameters that a provider does not know, instead of refusing the call'),
    request_timeout: seconds.optional().describe('Seconds'),
    max_budget: dollars.optional().describe('Dollars that the whole gateway may spend in `budget_duration`'),
    budget_duration: duration.optional().describe('How long a budget lasts until it begins anew, such as 1d or 1mo'),
    ...litellmBudgetKeys,
    timezone: timeZone.optional().describe("Where budgets' windows begin at midnight"),
    budget_reset_time: clockTime.optional().describe("When a day's window begins"),
    budget_exceeded_status_code: z
      .preprocess(asNumber, z.int(expectStatus).min(400, expectStatus).max(599, expectStatus))
      .optional()
      .describe('Default 400, at which every assistant stops at once'),
    block_requests_for_models_without_pricing: toggle.optional().describe('The same as unknown_price: refuse'),
    cache: toggle.optional().describe('Answer what was asked before from memory, at no cost'),
    cache_params: cacheParams.optional().describe('What the memory of answers keeps, and for how long'),
  },
  'a mapping',
);

const expectAlias = 'the name of a model, or a mapping with "model" and "hidden"';
const alias = z.union([z.string(), z.object({ model: z.string(), hidden: toggle.optional() })], expectAlias);

export const routerSettings = z.looseObject(
  {
    timeout: seconds.optional().describe('Seconds; comes before litellm_settings.request_timeout'),
    stream_timeout: seconds.optional().describe('Seconds until a stream begins'),
    model_group_alias: z
      .record(z.string(), alias, 'a mapping of names to models')
      .optional()
      .describe('Further names of models'),
    ...routerKeys,
    ...routerBudgetKeys,
  },
  'a mapping',
);

export const generalSettings = z.looseObject(
  {
    master_key: text.optional().describe('The admin key; without one LITELLM_MASTER_KEY, else one is made'),
    database_url: text.optional().describe('The address of a database; os.environ/NAME'),
    litellm_key_header_name: text
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header')
      .optional()
      .describe('One more header that a key may stand in'),
    allowed_hosts: texts.optional().describe('Further names in the Host header that are answered'),
    allowed_origins: texts.optional().describe('Web pages that may call the gateway'),
    unknown_price: z
      .enum(['assume', 'refuse', 'allow'], expectUnknownPrice)
      .optional()
      .describe("assume: count the dearest price of the provider's family. refuse: no call without a price"),
    hold_wait_seconds: atLeast(0, 'a number of seconds, 0 or more')
      .optional()
      .describe('How long a call waits for money that others hold; 30 unless said'),
    min_useful_output_tokens: count(0, 'a whole number of tokens, 0 or more')
      .optional()
      .describe('A call that can afford fewer tokens of output is refused; 256 unless said'),
    price_refresh: toggle.optional().describe('false: never fetch prices; else once a day'),
    ...generalBudgetKeys,
    hold_per_call: dollars.optional().describe('Dollars held for a call that no limit can bound'),
    runaway: z
      .enum(['notify', 'pause', 'off'], 'notify, pause or off')
      .optional()
      .describe('What happens when an agent seems to have run away; pause also blocks its key until it is unblocked'),
    runaway_dollars_per_minute: dollars.optional().describe('Slower spending is never told; 1 unless said'),
    runaway_factor: above(1, 'a number above 1').optional().describe('Times the usual rate; 5 unless said'),
    runaway_repeats: count(0, 'a whole number, 0 or more')
      .optional()
      .describe('The same thing asked so often within 2 minutes; 8 unless said, 0 does not look'),
    max_request_size_mb: above(0, 'a number of megabytes above 0')
      .optional()
      .describe('Larger requests are refused; 50 unless said'),
    ledger_rows: limit.optional().describe('Calls that the ledger keeps as rows; older ones are in its sums'),
    ledger_days: limit.optional().describe('Days that the ledger keeps calls as rows'),
    maximum_spend_logs_retention_period: duration.optional().describe('The same as ledger_days, as LiteLLM has it'),
    keep_bodies_days: count(0, 'a whole number of days, 0 or more')
      .optional()
      .describe('Days for which keys may have their prompts and answers kept; 7 unless said, 0: no key may'),
    keep_bodies_mb: above(0, 'a number of megabytes above 0')
      .optional()
      .describe('The most that kept prompts and answers may take on the disk; 500 unless said'),
    background_health_checks: toggle
      .optional()
      .describe('Call every deployment now and then to see whether it answers; these calls cost money'),
    health_check_interval: seconds.optional().describe('Seconds between those calls; 300 unless said'),
  },
  'a mapping',
);

export const modelList = z.array(z.unknown(), 'a list of models, each beginning with "- model_name:"');
export const include = z.preprocess((value) => (typeof value === 'string' ? [value] : value), texts);
const variableValue = z.union([z.string(), z.number(), z.boolean()], 'a text, a number, true or false');
export const environmentVariables = z.record(z.string(), variableValue, 'a mapping of variables to values');

const configFile = z.looseObject({
  model_list: z.array(modelEntry).describe('The models that are offered, and how each is called'),
  litellm_settings: litellmSettings
    .optional()
    .describe('What holds for every call: budgets, fallbacks, the memory of answers'),
  router_settings: routerSettings.optional().describe('How calls are shared among deployments, and tried again'),
  general_settings: generalSettings.optional().describe('The gateway itself: keys, prices, limits, the ledger'),
  environment_variables: environmentVariables
    .optional()
    .describe('Variables that this file sets where the environment does not'),
  include: include.optional().describe('Further files of this kind, read as if they stood here'),
});

/** JSON Schema of the file, for completion in editors. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configFile, {
    override: ({ jsonSchema }) => {
      const { type, description, ...rest } = jsonSchema;
      if (type !== 'number' && type !== 'integer' && type !== 'boolean') return;
      // Any value may also be a reference to a variable.
      for (const key of Object.keys(rest)) Reflect.deleteProperty(jsonSchema, key);
      Reflect.deleteProperty(jsonSchema, 'type');
      jsonSchema.anyOf = [
        { ...rest, type },
        { type: 'string', pattern: '^os\\.environ/' },
      ];
      if (description !== undefined) jsonSchema.description = description;
    },
  });
}

/** The keys that Purser uses, by section. */
export const usedKeys: Record<Section, readonly string[]> = {
  file: Object.keys(configFile.shape),
  model_list: Object.keys(modelEntry.shape),
  litellm_params: Object.keys(litellmParams.shape),
  litellm_settings: Object.keys(litellmSettings.shape),
  router_settings: Object.keys(routerSettings.shape),
  general_settings: Object.keys(generalSettings.shape),
};

export type LitellmParams = z.infer<typeof litellmParams>;
export type ModelEntry = z.infer<typeof modelEntry>;
export type LitellmSettings = z.infer<typeof litellmSettings>;
export type RouterSettings = z.infer<typeof routerSettings>;
export type GeneralSettings = z.infer<typeof generalSettings>;

export type Check<T> = z.ZodType<T>;

/** What a check says is wrong: where, and what it expected. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

/** The value as the schema has it, or what is wrong with it. */
export function checked<T>(schema: Check<T>, value: Json | undefined): { value: T } | { issues: readonly Issue[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { issues: result.error.issues.map(({ path, message }) => ({ path: path.map(asStep), expected: message })) };
}

const asStep = (step: PropertyKey): string | number => (typeof step === 'number' ? step : String(step));
