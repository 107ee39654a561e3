import type { ChatRequest, Setting } from '../chat/chat.ts';
import { Failure, invalid } from '../chat/failure.ts';
import type { ProviderDialect } from '../dialects/dialect.ts';
import { gatewayFields } from '../dialects/openai-chat/request.ts';
import { readSettings } from '../dialects/openai-chat/settings.ts';
import { without, type JsonObject } from '../lib/json.ts';
import { spliceObject } from '../lib/splice.ts';
import { limitBody, prepareBody } from '../providers/prepare.ts';
import type { Speaker } from '../providers/prepare.ts';
import type { Target } from '../providers/provider.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { MissingRoutes } from './missing-routes.ts';
import type { Recall } from './recall.ts';
import type { Headers } from './sink.ts';

/** A request as it will go to a provider, but for the output limit, which is known only when money is held. */
export interface Prepared {
  readonly dialect: ProviderDialect;
  readonly url: string;
  readonly target: Target;
  /** The provider's own, with its key. */
  readonly headers: Headers;
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
  readonly recall: Recall;
}

/** Fits a call to a deployment. Throws `invalid-request`, naming what the provider does not take, unless that may be dropped. */
export function prepare(call: Call, deployment: Deployment, around: Circumstances): Prepared {
  const target = deployment.target(call.outline.stream);
  const { provider } = deployment;
  const speaker = speakerFor(call, deployment, around.missing);
  const { dialect } = speaker;
  const { route, name } = call.client;
  if (route !== undefined && name !== dialect.name) throw hasNoRoute(deployment, route);
  const address = {
    dialect,
    url: speaker.url(target),
    target,
    headers: (speaker.headers ?? provider.headers)(target),
    isGuess: speaker !== provider && target.ownBase && deployment.config.api === undefined,
  };
  const may = deployment.config.dropParams ?? around.dropParams;
  const rules = { dropParams: may, dropAlso: deployment.config.dropAlso };
  const withLimit = (body: JsonObject, limit: number | undefined): JsonObject =>
    limit === undefined ? body : limitBody(speaker, target, body, limit);
  const { defaults } = deployment.config;
  const asked = speaksOpenai(call) ? withDefaults(understood(call), defaults) : understood(call);

  if (dialect.name === call.client.name) {
    const { body, dropped } = prepareBody(speaker, target, addressed(call, asked, target.model), rules);
    const request = (): ChatRequest => call.client.readRequest(asked);
    return {
      ...address,
      isRelayed: speaker.deviates !== true,
      request,
      dropped,
      body: (limit) => spliceObject(call.raw, call.body, withLimit(body, limit)),
    };
  }
  const read = call.client.readRequest(asked);
  const meant = speaksOpenai(call) ? read : { ...read, settings: { ...readSettings(defaults), ...read.settings } };
  const whole = around.recall.filled(call.caller.id, meant);
  const { request, lost } = expressible(whole, dialect);
  const refused = lost.filter((name) => !rules.dropAlso.includes(name) && !advice.has(name));
  if (refused.length > 0 && !may) throw notTaken(provider.title, refused);
  const written = { ...request, model: target.model };
  const prepared = prepareBody(speaker, target, dialect.writeRequest(written), { ...rules, advice });
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

/** The body as the client means it: without what is said to the gateway itself, and with what the path says. */
function understood({ client, body, outline }: Call): JsonObject {
  const { model, stream } = outline;
  const said = without(body, ...(client.name.startsWith('openai') ? gatewayFields : unmistakableFields));
  return client.modelInPath ? { ...said, model, stream } : { ...said, model };
}

/** In other formats than OpenAI's the rest of the gateway's fields may mean something else: Anthropic has `fallbacks` of its own. */
const unmistakableFields = gatewayFields.filter((name) => name.startsWith('litellm_'));

/** A body to relay, to the provider's own model. */
const addressed = ({ client }: Call, body: JsonObject, model: string): JsonObject =>
  client.modelInPath ? without(body, 'model', 'stream') : { ...body, model };

/** The configuration's default parameters are in OpenAI's words: in Anthropic's and Google's formats they are understood, but never relayed. */
const speaksOpenai = ({ client }: Call): boolean => client.name === 'openai-chat' || client.route !== undefined;

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

/**
 * What a model may be told and can leave unheeded: dropped with a notice where a request is translated. Codex sends
 * `verbosity` with every request, Gemini CLI `topK` and `topP`, aider a temperature.
 */
const advice: ReadonlySet<string> = new Set(['verbosity', 'top_k', 'top_p', 'temperature']);

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

/** Another deployment may have it. */
const hasNoRoute = ({ provider, model }: Deployment, route: string): Failure =>
  new Failure(
    'provider-model-missing',
    `${provider.title} has no ${route} that Purser could pass this on to, so ${provider.name}/${model} cannot serve it.`,
    { status: 400, param: 'model', code: 'route_not_supported' },
  );

const notTaken = (provider: string, names: readonly string[]): Error =>
  invalid(
    `${provider} has no counterpart for ${names.join(', ')}. Leave it out, or set litellm_settings.drop_params to true to have it dropped.`,
    names[0],
  );
