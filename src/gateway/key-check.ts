import { Failure, redacted, toFailure } from '../chat/failure.ts';
import { isObject, parseJson } from '../lib/json.ts';
import type { Redact } from '../lib/redact.ts';
import { idsIn } from './discovery.ts';
import { lookUp, type LookedUp, type Reached } from './look-up.ts';
import type { Upstream } from '../network/upstream.ts';

/** What a provider says to a key, without a call that costs anything. */
export interface KeyChecked {
  /** `unknown`: its list of models is for everyone, or could not be had, so that it says nothing of the key. */
  readonly key: 'accepted' | 'refused' | 'unknown' | 'none';
  readonly models: readonly string[];
  /** Why it failed, in the provider's own words. */
  readonly failure?: Failure;
}

const patienceMs = 10_000;

/** Asks for the models that a key gives access to. Never throws; `redact` hides the key, which may stand in an error. */
export async function checkKey(upstream: Upstream, reached: Reached, redact: Redact): Promise<KeyChecked> {
  const { provider, target } = reached;
  const modelsUrl = provider.modelsUrl?.(target);
  const keyUrl = provider.keyUrl?.(target);
  const isKeyed = target.apiKey !== undefined;
  try {
    if (keyUrl !== undefined && isKeyed) await ask(upstream, reached, keyUrl);
    const models = modelsUrl === undefined ? [] : modelsIn(await ask(upstream, reached, modelsUrl));
    if (!isKeyed) return { key: 'none', models };
    const isPublic =
      keyUrl === undefined && modelsUrl !== undefined && (await isForEveryone(upstream, reached, modelsUrl));
    return { key: isPublic ? 'unknown' : 'accepted', models };
  } catch (error) {
    const failure = redacted(toFailure(error), redact);
    const key = failure.kind === 'provider-key-refused' ? 'refused' : isKeyed ? 'unknown' : 'none';
    return { key, models: [], failure };
  }
}

/** Throws what the provider says instead of an answer. */
async function ask(upstream: Upstream, reached: Reached, url: string): Promise<LookedUp> {
  const said = await lookUp(upstream, reached, url, patienceMs);
  const { status, headers, text: body } = said;
  if (status !== 200) throw reached.provider.dialect.readRefusal({ status, headers, body });
  return said;
}

function modelsIn({ text }: LookedUp): readonly string[] {
  if (isObject(parseJson(text))) return idsIn(text);
  throw new Failure(
    'provider-nonsense',
    'The provider answered with something that is not a list of models. Is the api_base right?',
  );
}

async function isForEveryone(upstream: Upstream, { provider, target }: Reached, url: string): Promise<boolean> {
  const stranger: Reached = { provider, target: { ...target, apiKey: undefined }, headers: {} };
  const { status } = await lookUp(upstream, stranger, url, patienceMs);
  return status === 200;
}
