import { fromDollars } from '../chat/money.ts';
import { defined, type JsonObject, objectIn } from '../lib/json.ts';
import { addressOf } from './address.ts';
import { awsAccessOf, remarkAwsKeys } from './aws.ts';
import type { DeploymentConfig } from './config.ts';
import { idOf } from './deployment-id.ts';
import { isPriceKey, unsupportedKeys } from './litellm-keys.ts';
import { pricesIn } from './prices.ts';
import { pathText, quoted } from './quote.ts';
import { mistake, type ProviderFacts, type Reading, remark, valueAt, variableIn } from './reading.ts';
import { deploymentRoutingOf } from './routing.ts';
import { type LitellmParams, type ModelEntry, usedKeys } from './schema.ts';
import type { Path } from './source.ts';

/** The deployment of a model_list entry. Undefined, after a report, when it cannot be called. */
export function deploymentOf(reading: Reading, path: Path, entry: ModelEntry): DeploymentConfig | undefined {
  const params = entry.litellm_params;
  const paramsPath = [...path, 'litellm_params'];
  checkStars(reading, path, entry);
  const info = (entry.model_info ?? {}) as JsonObject;
  const prices = {
    ...pricesIn(reading, [...path, 'model_info'], info),
    ...pricesIn(reading, paramsPath, params as JsonObject),
  };
  const address = addressOf(reading, paramsPath, params);
  const provider = address && reading.providers[address.provider];
  if (!address || !provider || !hasBase(reading, paramsPath, params, provider)) return undefined;
  const { region, ...place } = address;
  if (!provider.aws) remarkAwsKeys(reading, paramsPath, params);
  return {
    id: entry.model_info?.id ?? idOf(objectIn(valueAt(reading.source.root, path))),
    name: entry.model_name,
    ...place,
    ...(provider.aws
      ? awsAccessOf(reading, path, entry, { ...provider, region })
      : keyOf(reading, path, entry, provider)),
    ...connectionOf(reading, paramsPath, params),
    defaults: defaultsIn(params as JsonObject),
    prices,
    info,
    ...limitsOf(params),
    routing: deploymentRoutingOf(params, entry.model_info),
  };
}

/** A pattern has one star, and what it stands for must have a place to come from. */
function checkStars(reading: Reading, path: Path, entry: ModelEntry): void {
  const inName = starsIn(entry.model_name);
  const inModel = starsIn(entry.litellm_params.model);
  if (inName > 1) mistake(reading, [...path, 'model_name'], 'one * at most');
  const expected = inModel > 1 ? 'one * at most' : 'no *, since model_name has none';
  if (inModel > 1 || inModel > inName) mistake(reading, [...path, 'litellm_params', 'model'], expected);
}

const starsIn = (text: string): number => text.split('*').length - 1;

function hasBase(reading: Reading, path: Path, params: LitellmParams, provider: ProviderFacts): boolean {
  const has = params.api_base ?? params.base_url ?? params.mock_response;
  if (!provider.needsBase || has !== undefined) return true;
  const written = ['api_base', 'base_url'].find((key) => valueAt(reading.source.root, [...path, key]) !== undefined);
  if (written === undefined)
    mistake(reading, [...path, 'api_base'], 'an address, since this provider has no usual one');
  else remark(reading, [...path, written], 'this model is left out, since its provider has no usual address');
  return false;
}

interface Key {
  readonly apiKey?: string;
  readonly keyName?: string;
}

/** The key of the entry, else the first of the provider's usual variables that is set. */
function keyOf(reading: Reading, path: Path, entry: ModelEntry, provider: ProviderFacts): Key {
  const { api_key: apiKey, mock_response: mockResponse } = entry.litellm_params;
  const keyPath = [...path, 'litellm_params', 'api_key'];
  const named = variableIn(valueAt(reading.source.root, keyPath));
  if (apiKey) return defined({ apiKey, keyName: named });

  const unset = named === undefined ? undefined : `the variable ${quoted(named)} is not set`;
  const usual = provider.keyVariables.find((name) => reading.environment(name) !== undefined);
  if (usual !== undefined) {
    if (named !== undefined) remark(reading, keyPath, `${unset}; ${usual} is used instead`, { variable: named });
    return defined({ apiKey: reading.environment(usual), keyName: usual });
  }
  if (provider.local || mockResponse !== undefined) return {};
  const none = `${pathText(keyPath)} is missing, and so is a variable ${provider.keyVariables.join(' or ')}`;
  const [variable = named] = named === undefined ? provider.keyVariables : [];
  const help = variable === undefined ? undefined : { variable };
  remark(reading, keyPath, `the model ${quoted(entry.model_name)} has no key: ${unset ?? none}`, help);
  return defined({ keyName: named });
}

function connectionOf(reading: Reading, path: Path, params: LitellmParams) {
  const base = params.api_base ?? params.base_url ?? params.aws_bedrock_runtime_endpoint;
  if (base !== undefined && !/^https?:\/\//.test(base)) {
    const key = params.api_base === undefined ? 'base_url' : 'api_base';
    remark(reading, [...path, key], `${pathText([...path, key])} does not begin with http:// or https://`);
  }
  const headers = Object.entries({ ...params.headers, ...params.extra_headers });
  return {
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...defined({
      apiBase: base?.replace(/\/+$/, ''),
      apiVersion: params.api_version,
      organization: params.organization,
      mockResponse: params.mock_response,
    }),
  };
}

function limitsOf(params: LitellmParams) {
  return {
    dropAlso: params.additional_drop_params ?? [],
    ...defined({
      weight: params.weight,
      order: params.order,
      rpm: params.rpm,
      tpm: params.tpm,
      maxParallel: params.max_parallel_requests,
      timeoutMs: milliseconds(params.timeout),
      streamTimeoutMs: milliseconds(params.stream_timeout),
      maxBudget: params.max_budget === undefined ? undefined : fromDollars(params.max_budget),
      budgetDuration: params.budget_duration,
      dropParams: params.drop_params,
    }),
  };
}

export const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.ceil(seconds * 1000);

const notDefaults: ReadonlySet<string> = new Set([...usedKeys.litellm_params, ...unsupportedKeys.litellm_params]);

/** All that is neither ours, nor LiteLLM's, nor a price is meant for the provider. */
const defaultsIn = (params: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(params).filter(([key]) => !notDefaults.has(key) && !isPriceKey(key)));
