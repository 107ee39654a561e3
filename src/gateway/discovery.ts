import { objectsIn, parseJson, objectIn, stringIn } from '../lib/json.ts';
import type { Clock } from '../lib/time.ts';
import type { PriceTable } from '../pricing/prices.ts';
import { starIn } from '../lib/wildcard.ts';
import type { Deployment } from './catalog.ts';
import type { Log } from './log.ts';
import { lookUp } from './look-up.ts';
import type { Upstream } from '../network/upstream.ts';

/** Which models an account offers: the provider's live list, kept for a while; without one the price table's. */
export interface Discovery {
  /** The model ids that a deployment with a `*` stands for. Never throws. */
  modelsOf(deployment: Deployment): Promise<readonly string[]>;
}

const keptMs = 60 * 60_000;
/** A failed look is tried again sooner. */
const failedMs = 60_000;
/** Claude Code waits 3 s for a list of models. */
const patienceMs = 2_000;

interface Found {
  readonly until: number;
  readonly models: Promise<readonly string[]>;
}

export function discovery(upstream: Upstream, prices: PriceTable, clock: Clock, log: Log): Discovery {
  const known = new Map<string, Found>();

  const look = async (deployment: Deployment, url: string, place: string): Promise<readonly string[]> => {
    const { provider, config } = deployment;
    const priced = (): readonly string[] => prices.models(provider.priceId ?? provider.name);
    try {
      const reached = { provider, target: deployment.target(false), headers: config.headers };
      const { status, text } = await lookUp(upstream, reached, url, patienceMs);
      if (status === 200) return idsIn(text);
      log.warn(
        `${deployment.account} answered ${status} when asked for its models; the price table's are listed instead`,
      );
    } catch (error) {
      log.warn(
        `${deployment.account} could not be asked for its models: ${String(error)}; the price table's are listed instead`,
      );
    }
    known.set(place, { until: clock.now() + failedMs, models: Promise.resolve(priced()) });
    return priced();
  };
  const list = (deployment: Deployment): Promise<readonly string[]> => {
    const url = deployment.provider.modelsUrl?.(deployment.target(false));
    if (url === undefined)
      return Promise.resolve(prices.models(deployment.provider.priceId ?? deployment.provider.name));
    const place = `${deployment.account} ${url}`;
    const found = known.get(place);
    if (found !== undefined && found.until > clock.now()) return found.models;
    const models = look(deployment, url, place);
    known.set(place, { until: clock.now() + keptMs, models });
    return models;
  };
  return {
    async modelsOf(deployment) {
      const models = await list(deployment);
      return models.filter((model) => starIn(deployment.config.model, model) !== undefined);
    },
  };
}

/** The ids in an OpenAI-shaped (`data[].id`), Gemini-shaped (`models[].name`) or Ollama-shaped (`models[].name`) list. */
export function idsIn(text: string): readonly string[] {
  const body = objectIn(parseJson(text));
  const ids = objectsIn(body['data'] ?? body['models']).map((one) => stringIn(one['id']) ?? stringIn(one['name']));
  return ids.filter((id) => id !== undefined).map((id) => id.replace(/^models\//, ''));
}
