import type { ChatRequest, Setting } from '../chat/chat.ts';
import { Failure, invalid } from '../chat/failure.ts';
import type { ClientDialect, ProviderDialect } from '../dialects/dialect.ts';
import { gatewayFields } from '../dialects/openai-chat/request.ts';
import { without, type JsonObject } from '../lib/json.ts';
import { spliceForm } from '../lib/form.ts';
import { spliceObject } from '../lib/splice.ts';
import { isAdvice, limitBody, prepareBody } from '../providers/prepare.ts';
import type { DropRules, Speaker } from '../providers/prepare.ts';
import type { Target } from '../providers/provider.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import { defaultsIn, inOwnWords, settingsOver, under, type Defaults } from './defaults.ts';
import { forwardedUrl } from './forwarded.ts';
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
  /** Whether an answer that passes as it is is remembered all the same, because the provider wants its thoughts back. */
  readonly recalls: boolean;
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
  const { provider, config } = deployment;
  const speaker = speakerFor(call, deployment, around.missing);
  const { dialect } = speaker;
  const { route, name } = call.client;
  if (route !== undefined && name !== dialect.name) throw hasNoRoute(deployment, route);
  const defaults = defaultsIn(config.defaults);
  const fitting: Fitting = {
    call,
    speaker,
    target,
    defaults,
    around,
    asked: speaksOpenai(call) ? under(understood(call), defaults.chat) : understood(call),
    rules: { dropParams: config.dropParams ?? around.dropParams, dropAlso: config.dropAlso },
  };
  return {
    dialect,
    url: forwardedUrl(call, dialect, speaker.url(target)),
    target,
    headers: {
      ...(speaker.headers ?? provider.headers)(target),
      ...(call.form && { 'content-type': call.form.contentType }),
    },
    isGuess: speaker !== provider && target.ownBase && config.api === undefined,
    ...(dialect.name === name ? relayed(fitting) : translated(fitting)),
  };
}

/** A call and the one who is to get it. */
interface Fitting {
  readonly call: Call;
  readonly speaker: Speaker;
  readonly target: Target;
  readonly defaults: Defaults;
  readonly around: Circumstances;
  /** The body as the client means it. */
  readonly asked: JsonObject;
  readonly rules: DropRules;
}

type Fitted = Pick<Prepared, 'isRelayed' | 'recalls' | 'request' | 'dropped' | 'body'>;

function relayed(fitting: Fitting): Fitted {
  const { call, speaker, target, defaults, around, asked, rules } = fitting;
  const { dialect } = speaker;
  const whole = under(speaksOpenai(call) ? asked : withDefaults(fitting), defaults.own);
  const isRelayed = speaker.deviates !== true;
  const recalls = isRelayed && dialect.recalled !== undefined && speaker.recalls?.(target) === true;
  const filled = recalls && dialect.recalled?.(whole, (turn) => around.recall.filledTurn(call.caller.id, turn));
  const { body, dropped } = prepareBody(speaker, target, addressed(call, filled || whole, target.model), rules);
  return {
    isRelayed,
    recalls,
    dropped,
    request: () => call.client.readRequest(asked),
    body: (limit) => spliced(call, limited(fitting, body, limit)),
  };
}

function translated(fitting: Fitting): Fitted {
  const { call, speaker, target, defaults, around, asked, rules } = fitting;
  const { dialect } = speaker;
  const read = call.client.readRequest(asked);
  const meant = speaksOpenai(call) ? read : { ...read, settings: settingsOver(read.settings, defaults.chat, dialect) };
  const whole = around.recall.filled(call.caller.id, meant);
  const { request, lost } = expressible(whole, dialect);
  const refused = lost.filter((name) => !rules.dropAlso.includes(name) && !isAdvice(name));
  if (refused.length > 0 && !rules.dropParams) throw notTaken(speaker.title, refused);
  const written = { ...request, model: target.model };
  const prepared = prepareBody(speaker, target, under(dialect.writeRequest(written), defaults.own), rules);
  return {
    isRelayed: false,
    recalls: false,
    request: () => written,
    dropped: [...lost, ...(request.dropped ?? []), ...prepared.dropped],
    body: (limit) => JSON.stringify(limited(fitting, prepared.body, limit)),
  };
}

const limited = ({ speaker, target }: Fitting, body: JsonObject, limit: number | undefined): JsonObject =>
  limit === undefined ? body : limitBody(speaker, target, body, limit);

/** The call's own bytes, with what differs in `body`. */
const spliced = ({ raw, form, body: before }: Call, body: JsonObject): Buffer =>
  form === undefined ? spliceObject(raw, before, body) : spliceForm(raw, form, before, body);

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
const unmistakableFields = gatewayFields.filter((name) => name.startsWith('litellm_') || name === 'cache');

/** A body to relay, to the provider's own model. */
const addressed = ({ client }: Call, body: JsonObject, model: string): JsonObject =>
  client.modelInPath ? without(body, 'model', 'stream') : { ...body, model };

/** Whether the configuration's default parameters are in the client's own words. */
const speaksOpenai = ({ client }: Call): boolean => client.name === 'openai-chat' || client.route !== undefined;

/** A relayed body of another format than OpenAI's chat, with the defaults in its words. */
function withDefaults({ call, speaker, target, defaults, asked }: Fitting): JsonObject {
  if (Object.keys(defaults.chat).length === 0) return asked;
  const request = understoodFor(call.client, asked, target.model);
  return inOwnWords(asked, defaults.chat, { dialect: speaker.dialect, request });
}

/** What a body says; nothing where only the provider understands it. */
function understoodFor(client: ClientDialect, body: JsonObject, model: string): ChatRequest {
  try {
    return { ...client.readRequest(body), model };
  } catch {
    return { model, turns: [], tools: [], settings: {}, stream: false, wantsUsage: false, unknown: [] };
  }
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
