import { accountOf, isKeyed } from '../config/account.ts';
import type { Config, DeploymentConfig } from '../config/config.ts';
import { Failure } from '../chat/failure.ts';
import { maxOutputTokens } from '../pricing/limits.ts';
import type { Price } from '../pricing/price.ts';
import type { PriceQuery, PriceTable } from '../pricing/prices.ts';
import type { Provider, Target } from '../providers/provider.ts';
import { router, type Aliases, type Route, type Router } from '../routing/router.ts';

/** One provider and model with its account and limits, ready to be called. */
export interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly order?: number;
  readonly weight?: number;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly tags: readonly string[] | undefined;
  /** The id, with the model's where a wildcard stands for many: they fail apart. */
  readonly healthId: string;
  /** The account, where it has a key that can be refused. */
  readonly keyedAccount: string | undefined;
  readonly config: DeploymentConfig;
  readonly provider: Provider;
  /** The provider's model id. */
  readonly model: string;
  /** Names the account without giving it away: `openai/OPENAI_API_KEY_ALPHA`. */
  readonly account: string;
  target(stream: boolean): Target;
  /** What it costs now: some prices change by the hour. The price table must be warm. */
  price(): PriceFound;
  /** The most tokens one answer can have; undefined when not known. */
  readonly maxOutput: number | undefined;
  /** The most tokens it reads, where that is known. The price table must be warm. */
  maxInput(): number | undefined;
}

/** A deployment's price; `assumed` when it is the dearest known of its provider, `unknown` when nothing is known or allowed. */
export interface PriceFound {
  readonly price: Price | undefined;
  readonly assumed: boolean;
}

/** Names, groups and deployments of one configuration. */
export interface Catalog {
  /** The deployments behind a name, wildcards filled in; throws `invalid-request` for a name that nothing serves. */
  find(model: string, aliases: Aliases): Route<Deployment>;
  /** The same deployment with another model of its provider. */
  withModel(deployment: Deployment, model: string): Deployment;
  readonly deployments: readonly Deployment[];
  readonly names: readonly string[];
}

export function catalogOf(config: Config, providers: readonly Provider[], prices: PriceTable): Catalog {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const deployments = config.deployments.map((one) => deployment(one, providerOf(byName, one), prices, config));
  const routes: Router<Deployment> = router(deployments);
  const aliases = Object.fromEntries(Object.entries(config.aliases).map(([name, { model }]) => [name, model]));
  const starred = new Map<string, Deployment>();
  const filled = (one: Deployment, star: string): Deployment => {
    if (!one.config.model.includes('*')) return one;
    const known = `${one.id} ${star}`;
    let made = starred.get(known);
    if (made === undefined) {
      made = deployment({ ...one.config, model: one.config.model.replace('*', star) }, one.provider, prices, config);
      if (starred.size < 1000) starred.set(known, made);
    }
    return made;
  };
  return {
    deployments,
    names: routes.names,
    withModel: (one, model) => deployment({ ...one.config, model }, one.provider, prices, config),
    find(model, keyAliases) {
      const route = routes.resolve(model, keyAliases, aliases);
      if (route === undefined) throw unknownModel(model);
      const { star } = route;
      return star === undefined ? route : { ...route, deployments: route.deployments.map((one) => filled(one, star)) };
    },
  };
}

function providerOf(byName: ReadonlyMap<string, Provider>, config: DeploymentConfig): Provider {
  const provider = byName.get(config.provider);
  if (provider === undefined) throw new Failure('internal', `No provider is called '${config.provider}'.`);
  return provider;
}

function deployment(config: DeploymentConfig, provider: Provider, prices: PriceTable, all: Config): Deployment {
  const base = (config.apiBase ?? provider.baseUrl ?? '').replace(/\/+$/, '');
  const target = (stream: boolean): Target => ({
    model: config.model,
    baseUrl: base,
    apiKey: config.apiKey,
    apiVersion: config.apiVersion,
    organization: config.organization,
    aws: config.aws,
    stream,
    ownBase: config.apiBase !== undefined,
  });
  const targets = [target(false), target(true)] as const;
  const account = accountOf(config);
  const query = queryOf(config, provider);
  return {
    id: config.id,
    name: config.name,
    ...(config.order === undefined ? {} : { order: config.order }),
    ...(config.weight === undefined ? {} : { weight: config.weight }),
    ...(config.rpm === undefined ? {} : { rpm: config.rpm }),
    ...(config.tpm === undefined ? {} : { tpm: config.tpm }),
    tags: config.routing.tags,
    healthId: config.name.includes('*') ? `${config.id} ${config.model}` : config.id,
    keyedAccount: isKeyed(config) ? account : undefined,
    config,
    provider,
    model: config.model,
    account,
    target: (stream) => targets[stream ? 1 : 0],
    price: () => findPrice(config, query, prices, all),
    maxOutput: maxOutputTokens(config.model, config.info),
    maxInput: () => config.routing.maxInput ?? prices.contextWindow(query),
  };
}

/** The deployment's own price, else the table's; for a model without one, as `unknown_price` says. */
function findPrice(config: DeploymentConfig, query: PriceQuery, prices: PriceTable, all: Config): PriceFound {
  const price = prices.find(query);
  if (price !== undefined) return { price, assumed: false };
  if (all.unknownPrice === 'allow') return { price: undefined, assumed: false };
  if (all.unknownPrice === 'refuse') throw priceUnknown(config);
  return { price: prices.dearest(query.provider), assumed: true };
}

/** How a deployment's price is looked up. */
export const queryOf = (config: DeploymentConfig, provider: Provider): PriceQuery => ({
  provider: provider.priceId ?? provider.name,
  prefix: provider.name,
  model: config.model,
  prices: config.prices,
  info: config.info,
  local: provider.local ?? config.mockResponse !== undefined,
});

const priceUnknown = ({ name, provider, model }: DeploymentConfig): Failure =>
  new Failure(
    'invalid-request',
    `The price of ${provider}/${model} is not known, and general_settings.unknown_price is 'refuse'. ` +
      `Give it input_cost_per_token and output_cost_per_token under '${name}', or set unknown_price to 'assume'.`,
    { param: 'model', code: 'price_unknown' },
  );

const unknownModel = (model: string): Failure =>
  new Failure(
    'invalid-request',
    `Invalid model name passed in model=${model.slice(0, 200)}. Call \`/v1/models\` to view available models for your key.`,
    { param: 'model', code: 'model_not_found' },
  );
