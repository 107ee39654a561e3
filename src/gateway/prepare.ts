import type { ChatRequest, Setting } from '../chat/chat.ts';
import { invalid } from '../chat/failure.ts';
import type { ProviderDialect } from '../dialects/dialect.ts';
import { gatewayFields } from '../dialects/openai-chat/request.ts';
import { without, type JsonObject } from '../lib/json.ts';
import { spliceObject } from '../lib/splice.ts';
import { limitBody, prepareBody } from '../providers/prepare.ts';
import type { Speaker } from '../providers/prepare.ts';
import type { Target } from '../providers/provider.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { MissingRoutes } from './missing-routes.ts';

/** A request as it will go to a provider, but for the output limit, which is known only when money is held. */
export interface Prepared {
  readonly dialect: ProviderDialect;
  readonly url: string;
  readonly target: Target;
  /** Whether the server may lack this route, so that it can be asked in its usual dialect instead. */
  readonly isGuess: boolean;
  /** Whether the provider's answer passes as it is. */
  readonly isRelayed: boolean;
  /** The request as understood; of a relayed one, only when someone needs to know. */
  readonly request: () => ChatRequest;
  /** What the client asked for that the provider does not take, by the client's names. */
  readonly dropped: readonly string[];
  /** The body's bytes, with the output limited to so many tokens if given. */
  body(outputLimit: number | undefined): Buffer | string;
}

/** What the gateway knows beside the call. */
export interface Circumstances {
  readonly dropParams: boolean;
  readonly missing: MissingRoutes;
}

/** Fits a call to a deployment. Throws `invalid-request`, naming what the provider does not take, unless that may be dropped. */
export function prepare(call: Call, deployment: Deployment, { dropParams, missing }: Circumstances): Prepared {
  const target = deployment.target(call.outline.stream);
  const { provider } = deployment;
  const speaker = speakerFor(call, deployment, missing);
  const { dialect } = speaker;
  const address = {
    dialect,
    url: speaker.url(target),
    target,
    isGuess: speaker !== provider && target.ownBase && deployment.config.api === undefined,
  };
  const may = deployment.config.dropParams ?? dropParams;
  const rules = { dropParams: may, dropAlso: deployment.config.dropAlso };
  const withLimit = (body: JsonObject, limit: number | undefined): JsonObject => {
    return limit === undefined ? body : limitBody(speaker, target, body, limit);
  };
  // Some routes have the model in their path.
  const named = { ...without(call.body, ...gatewayFields), model: call.outline.model };
  const asked = withDefaults(named, deployment.config.defaults);

  if (dialect.name === call.client.name) {
    const { body, dropped } = prepareBody(speaker, target, { ...asked, model: target.model }, rules);
    const limited = (limit: number | undefined): JsonObject => withLimit(body, limit);
    const request = (): ChatRequest => call.client.readRequest(asked);
    return {
      ...address,
      isRelayed: provider.deviates !== true,
      request,
      dropped,
      body: (limit) => spliceObject(call.raw, call.body, limited(limit)),
    };
  }
  const { request, lost } = expressible(call.client.readRequest(asked), dialect);
  const refused = lost.filter((name) => !rules.dropAlso.includes(name));
  if (refused.length > 0 && !may) throw notTaken(provider.title, refused);
  const written = { ...request, model: target.model };
  const prepared = prepareBody(speaker, target, dialect.writeRequest(written), rules);
  return {
    ...address,
    isRelayed: false,
    request: () => written,
    dropped: [...lost, ...(request.dropped ?? []), ...prepared.dropped],
    body: (limit) => JSON.stringify(withLimit(prepared.body, limit)),
  };
}

/** The provider in the dialect that the configuration names, else in the client's where it speaks that, else in its usual one. */
function speakerFor({ client, outline }: Call, deployment: Deployment, missing: MissingRoutes): Speaker {
  const { provider, config } = deployment;
  const name = config.api === undefined ? client.name : 'openai-responses';
  const spoken = provider.speaks?.find(({ dialect }) => dialect.name === name);
  if (!spoken || missing.has(spoken.url(deployment.target(outline.stream)))) return provider;
  return { ...spoken, title: provider.title };
}

/** The deployment's own default parameters, under what the request says. */
function withDefaults(body: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.keys(defaults).filter((name) => body[name] === undefined);
  return missing.length === 0
    ? body
    : { ...body, ...Object.fromEntries(missing.map((name) => [name, defaults[name]])) };
}

/** The request without the settings that a dialect has no word for, and their names as OpenAI's clients know them. */
function expressible(
  request: ChatRequest,
  dialect: ProviderDialect,
): { request: ChatRequest; lost: readonly string[] } {
  const names = Object.keys(request.settings) as Setting[];
  const beyond = names.filter((name) => request.settings[name] !== undefined && !dialect.expresses.has(name));
  const settings = Object.fromEntries(
    Object.entries(request.settings).filter(([name]) => !beyond.includes(name as Setting)),
  );
  const meant = beyond.filter((name) => !isDefault(request, name));
  return { request: { ...request, settings }, lost: [...meant.map((name) => wireNames[name]), ...request.unknown] };
}

/** Many clients send OpenAI's defaults without meaning anything by it. */
const isDefault = ({ settings }: ChatRequest, name: Setting): boolean =>
  settings[name] ===
    { choices: 1, topP: 1, presencePenalty: 0, frequencyPenalty: 0, logprobs: false }[name as string] ||
  (name === 'parallelTools' && settings.parallelTools === true);

const wireNames: Record<Setting, string> = {
  maxOutput: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  choices: 'n',
  parallelTools: 'parallel_tool_calls',
  format: 'response_format',
  reasoning: 'reasoning_effort',
  verbosity: 'verbosity',
  user: 'user',
  serviceTier: 'service_tier',
};

const notTaken = (provider: string, names: readonly string[]): Error =>
  invalid(
    `${provider} has no counterpart for ${names.join(', ')}. Leave it out, or set litellm_settings.drop_params to true to have it dropped.`,
    names[0],
  );
