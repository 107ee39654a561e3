import type { ClientDialect } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { completions } from '../dialects/relayed/completions.ts';
import { embeddings, moderations, rerank } from '../dialects/relayed/formats.ts';
import { numberIn, stringIn, type JsonObject } from '../lib/json.ts';
import { starIn } from '../lib/wildcard.ts';
import type { Deployment } from './catalog.ts';

/** The smallest question that shows whether a deployment answers. */
export interface Probe {
  readonly client: ClientDialect;
  /** The provider's model id that is asked. */
  readonly model: string;
  readonly body: JsonObject;
}

/** The question, by `model_info.mode`; a text says why there is none. */
export function probeOf(deployment: Deployment): Probe | string {
  const { config, name } = deployment;
  const model = probedModel(deployment);
  if (model.includes('*')) return 'a wildcard stands for many models: name one with model_info.health_check_model';
  const mode = stringIn(config.info.mode) ?? usualMode(model);
  const probe = probes[mode];
  if (probe === undefined) return `a call in the mode ${mode} would cost more than the check is worth`;
  const most = numberIn(config.info.health_check_max_tokens) ?? usualTokens;
  return { client: probe.client, model, body: { model: name, ...probe.body(most) } };
}

/** OpenAI's Responses API takes no less, and models that think answer with an error when they cannot begin. */
const usualTokens = 16;

/** LiteLLM's `health_check_model` has the provider's prefix. */
function probedModel({ config, provider, model }: Deployment): string {
  const named = stringIn(config.info.health_check_model);
  if (named === undefined) return model;
  return starIn(`${provider.name}/*`, named) ?? named;
}

const usualMode = (model: string): string =>
  /embed/i.test(model) ? 'embedding' : /rerank/i.test(model) ? 'rerank' : 'chat';

interface ProbeKind {
  readonly client: ClientDialect;
  readonly body: (most: number) => JsonObject;
}

const chat: ProbeKind = {
  client: openaiChat,
  body: (max_tokens) => ({ messages: [{ role: 'user', content: 'Hi' }], max_tokens }),
};

const probes: Readonly<Record<string, ProbeKind | undefined>> = {
  chat,
  responses: chat,
  completion: { client: completions, body: (max_tokens) => ({ prompt: 'Hi', max_tokens }) },
  embedding: { client: embeddings, body: () => ({ input: 'Hi' }) },
  rerank: { client: rerank, body: () => ({ query: 'Hi', documents: ['Hi'] }) },
  moderation: { client: moderations, body: () => ({ input: 'Hi' }) },
};
