import { providerOfModel } from './families.ts';
import { nearest } from './known-keys.ts';
import { litellmProviders } from './litellm-keys.ts';
import { printable } from './quote.ts';
import { mistake, type Reading, remark } from './reading.ts';
import type { LitellmParams } from './schema.ts';
import type { Path } from './source.ts';

/** Whose model is meant, and by which API. */
export interface Address {
  readonly provider: string;
  readonly model: string;
  readonly api?: 'responses';
  /** AWS's, where LiteLLM's way to write a model names one. */
  readonly region?: string;
}

const responsesPrefix = 'responses/';

/** LiteLLM's words before a model of Bedrock: which API it takes, which is always Converse here, and a region. */
const bedrockPrefix = /^(?:converse(?:_like)?\/)?(?:([a-z]{2}(?:-[a-z]+)+-\d)\/)?/;

/** Reads `litellm_params.model`. Undefined, after a report, when it names no provider of ours. */
export function addressOf(reading: Reading, path: Path, params: LitellmParams): Address | undefined {
  const at = [...path, params.custom_llm_provider === undefined ? 'model' : 'custom_llm_provider'];
  const { provider, model: rest } = split(params);
  if (provider === undefined)
    mistake(
      reading,
      at,
      `a provider before the model, such as "openai/${printable(rest) && rest !== '*' ? rest : 'gpt-4o'}"`,
    );
  else if (!Object.hasOwn(reading.providers, provider)) reportProvider(reading, at, { provider, model: rest });
  else {
    const address = withoutApi(provider, rest);
    if (address.model !== '') return { provider, ...address };
    mistake(reading, [...path, 'model'], `a model after the provider, such as "openai/gpt-4o"`);
  }
  return undefined;
}

/** Whose model such a text means and which; undefined where it cannot be told. */
export function modelAddress(params: Pick<LitellmParams, 'model' | 'custom_llm_provider'>): Address | undefined {
  const { provider, model } = split(params);
  return provider === undefined ? undefined : { provider, ...withoutApi(provider, model) };
}

const withoutApi = (provider: string, rest: string): Omit<Address, 'provider'> =>
  provider === 'bedrock' ? atBedrock(rest) : withApi(rest);

function withApi(rest: string): Omit<Address, 'provider'> {
  if (!rest.startsWith(responsesPrefix)) return { model: rest };
  return { model: rest.slice(responsesPrefix.length), api: 'responses' };
}

function atBedrock(rest: string): Omit<Address, 'provider'> {
  const [prefix = '', region] = bedrockPrefix.exec(rest) ?? [];
  return { model: rest.slice(prefix.length), ...(region !== undefined && { region }) };
}

function split({ model, custom_llm_provider: custom }: Pick<LitellmParams, 'model' | 'custom_llm_provider'>): {
  provider: string | undefined;
  model: string;
} {
  if (custom !== undefined) {
    return { provider: custom, model: model.startsWith(`${custom}/`) ? model.slice(custom.length + 1) : model };
  }
  const slash = model.indexOf('/');
  if (slash < 0) return { provider: providerOfModel(model), model };
  return { provider: model.slice(0, slash), model: model.slice(slash + 1) };
}

function reportProvider(reading: Reading, path: Path, { provider, model }: Address): void {
  if (litellmProviders.has(provider)) {
    remark(reading, path, `\`${provider}\` is LiteLLM's; Purser does not support it, and leaves this model out`);
    return;
  }
  const supported = Object.keys(reading.providers).sort();
  const meant = nearest(provider, supported);
  const hint = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  const whole = path.at(-1) === 'model' ? `${String(meant)}/${model}` : String(meant);
  const help = meant === undefined ? undefined : { replaceBy: whole };
  mistake(reading, path, `a provider that Purser knows${hint}: ${supported.join(', ')}`, help);
}
