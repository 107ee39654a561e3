import { queryOf, type Deployment } from '../gateway/catalog.ts';
import { listModels } from '../gateway/models.ts';
import type { Ports } from '../gateway/ports.ts';
import { mayUse } from '../keys/virtual-key.ts';
import { numberIn, stringIn } from '../lib/json.ts';
import { disagreement } from '../pricing/agreement.ts';
import { priceFields } from './price-fields.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** What is configured, with prices and where they come from. No key of a provider is in it. */
export const modelInfoRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/model/info', '/v1/model/info'], access: 'key', run: modelInfo },
  { method: 'get', paths: ['/model_group/info'], access: 'key', run: groupInfo },
  { method: 'get', paths: ['/purser/models'], access: 'key', run: offered },
];

async function modelInfo(ports: Ports, ask: AdminAsk): Promise<unknown> {
  await ports.prices.warm();
  const id = ask.query['litellm_model_id'];
  const shown = usable(ports, ask).filter((one) => id === undefined || one.id === id);
  return {
    data: shown.map((one) => ({
      model_name: one.name,
      litellm_params: paramsOf(ports, one),
      model_info: infoOf(ports, one),
    })),
  };
}

/** One entry for each public name: of several deployments the largest limits and the highest prices, and what any of them can do. */
async function groupInfo(ports: Ports, ask: AdminAsk): Promise<unknown> {
  await ports.prices.warm();
  const wanted = ask.query['model_group'];
  const groups = new Map<string, Deployment[]>();
  for (const one of usable(ports, ask)) {
    if (wanted === undefined || one.name === wanted) groups.set(one.name, [...(groups.get(one.name) ?? []), one]);
  }
  return {
    data: [...groups].map(([name, deployments]) =>
      groupOf(
        name,
        deployments,
        deployments.map((one) => infoOf(ports, one)),
      ),
    ),
  };
}

/** Purser's own: every model that a key may call, also those that a wildcard stands for, with what is known of it. */
async function offered(ports: Ports, { caller }: AdminAsk): Promise<unknown> {
  const models = await listModels(ports, caller);
  const aliases = { ...ports.projects.get(caller.project)?.aliases, ...caller.key?.aliases };
  return {
    data: models.flatMap(({ id }) => {
      if (id.includes('*')) return []; // an alias of a whole family: no name to choose
      const deployments = deploymentsOf(ports, id, aliases);
      const infos = deployments.map((one) => infoOf(ports, one));
      return infos.length === 0 ? [] : [{ ...groupOf(id, deployments, infos), ...certaintyOf(infos) }];
    }),
  };
}

function deploymentsOf(ports: Ports, name: string, aliases: Readonly<Record<string, string>>): readonly Deployment[] {
  try {
    return ports.catalog().find(name, aliases).deployments;
  } catch {
    return [];
  }
}

/** Null: nobody knows. Of a model that is known, what is not named it cannot do. */
function certaintyOf(infos: readonly Info[]): object {
  const isKnown = infos.some(({ mode }) => mode !== null);
  const ability = (name: string): boolean | null => {
    const said = infos.map((info) => info[name]);
    if (said.includes(true)) return true;
    return isKnown || said.includes(false) ? false : null;
  };
  return {
    supports_function_calling: ability('supports_function_calling'),
    supports_vision: ability('supports_vision'),
    price_assumed: infos.some((info) => info['price_assumed'] === true),
  };
}

function usable(ports: Ports, { caller: { key } }: AdminAsk): readonly Deployment[] {
  return ports.catalog().deployments.filter(({ name }) => key === undefined || mayUse(key, name));
}

const paramsOf = (ports: Ports, { provider, model, config }: Deployment): object => ({
  model: `${provider.name}/${model}`,
  ...(config.apiBase === undefined ? {} : { api_base: ports.redact()(config.apiBase) }),
});

type Info = Readonly<Record<string, unknown>>;

function infoOf(ports: Ports, deployment: Deployment): Info {
  const { provider, config } = deployment;
  const isPattern = config.model.includes('*');
  const query = queryOf(config, provider);
  const facts = (isPattern ? undefined : ports.prices.facts(query)) ?? {};
  const found = isPattern ? undefined : priceOf(deployment);
  const quotes = isPattern || query.local ? [] : ports.prices.quotes(query);
  const maxOutput = deployment.maxOutput ?? numberIn(facts.max_output_tokens) ?? null;
  return {
    ...Object.fromEntries(Object.entries(facts).filter(([name]) => /^(supports_|deprecation_)/.test(name))),
    mode: stringIn(facts.mode) ?? null,
    ...config.info,
    id: deployment.id,
    db_model: false,
    key: `${provider.name}/${deployment.model}`,
    litellm_provider: provider.name,
    max_input_tokens: deployment.maxInput() ?? numberIn(facts.max_input_tokens) ?? null,
    max_output_tokens: maxOutput,
    max_tokens: maxOutput,
    ...priceFields(found?.price),
    price_source: found?.price?.source ?? null,
    price_as_of: found?.price?.asOf ?? null,
    price_assumed: found?.assumed ?? null,
    price_quotes: quotes.map((quote) => ({ source: quote.source, as_of: quote.asOf ?? null, ...priceFields(quote) })),
    price_warning: disagreement(quotes) ?? null,
  };
}

/** A price that the configuration refuses to guess is shown as unknown. */
function priceOf(deployment: Deployment) {
  try {
    return deployment.price();
  } catch {
    return undefined;
  }
}

function groupOf(name: string, deployments: readonly Deployment[], infos: readonly Info[]): object {
  const most = (field: string): number | null => {
    const values = infos.flatMap((info) => numberIn(info[field]) ?? []);
    return values.length === 0 ? null : Math.max(...values);
  };
  const sum = (limits: readonly (number | undefined)[]): number | null =>
    limits.every((limit) => limit === undefined) ? null : limits.reduce<number>((all, limit) => all + (limit ?? 0), 0);
  const abilities = infos.flatMap((info) => Object.entries(info).filter(([field]) => field.startsWith('supports_')));
  return {
    model_group: name,
    providers: [...new Set(deployments.map(({ provider }) => provider.name))],
    max_input_tokens: most('max_input_tokens'),
    max_output_tokens: most('max_output_tokens'),
    input_cost_per_token: most('input_cost_per_token'),
    output_cost_per_token: most('output_cost_per_token'),
    mode: infos.map((info) => info['mode']).find((mode) => mode != null) ?? null,
    tpm: sum(deployments.map(({ tpm }) => tpm)),
    rpm: sum(deployments.map(({ rpm }) => rpm)),
    ...Object.fromEntries(abilities.filter(([, can]) => can === true)),
  };
}
