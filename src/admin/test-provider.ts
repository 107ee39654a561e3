import { invalid } from '../chat/failure.ts';
import { checkKey } from '../gateway/key-check.ts';
import type { Reached } from '../gateway/look-up.ts';
import type { Ports } from '../gateway/ports.ts';
import { stringIn, type JsonObject } from '../lib/json.ts';
import { redactor } from '../lib/redact.ts';
import { findProvider } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { AdminAsk } from './routes.ts';

const fields = ['provider', 'key', 'api_base', 'variable'];

/**
 * Whether a provider takes a key, and which models it gives access to, by a call that costs nothing. The key is the one
 * in the request, which is kept nowhere, else the configured one. With a `variable` it is asked where the configuration
 * calls with what stands under it.
 */
export async function testProvider(ports: Ports, { body }: AdminAsk): Promise<object> {
  const unknown = Object.keys(body).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown} is not known here; known are ${fields.join(', ')}.`, unknown);
  const provider = providerIn(body);
  if (provider.modelsUrl === undefined && provider.keyUrl === undefined)
    throw invalid(`${provider.title} has no call that is free, so its key shows only in use.`, 'provider');
  const reached = reachedWith(ports, provider, body);
  const hidden = redactor(reached.target.apiKey === undefined ? [] : [reached.target.apiKey]);
  const { key, models, failure } = await checkKey(ports.upstream, reached, (text) => hidden(ports.redact()(text)));
  return {
    provider: provider.name,
    ok: failure === undefined,
    key,
    models,
    ...(failure && { error: failure.message, status: failure.status, kind: failure.kind }),
  };
}

function providerIn(body: JsonObject): Provider {
  const name = stringIn(body.provider);
  if (name === undefined) throw invalid("provider is missing: it is LiteLLM's prefix, such as openai.", 'provider');
  const provider = findProvider(name);
  if (provider === undefined) throw invalid(`No provider is called '${name.slice(0, 100)}'.`, 'provider');
  return provider;
}

function reachedWith(ports: Ports, provider: Provider, body: JsonObject): Reached {
  const key = textIn(body, 'key')?.trim();
  const base = textIn(body, 'api_base')?.replace(/\/+$/, '');
  const variable = textIn(body, 'variable');
  const configured = ports
    .catalog()
    .deployments.find(
      (one) =>
        one.provider === provider &&
        (base === undefined || one.target(false).baseUrl === base) &&
        (variable === undefined || one.config.keyName === variable),
    );
  if (configured !== undefined && (key === undefined || variable !== undefined)) {
    const { headers } = configured.config;
    return { provider, target: { ...configured.target(false), ...(key !== undefined && { apiKey: key }) }, headers };
  }
  if (key === undefined && !provider.local)
    throw invalid(`No key of ${provider.title} is configured: send it as \`key\`.`, 'key');
  const baseUrl = base ?? provider.baseUrl;
  if (baseUrl === undefined)
    throw invalid(`${provider.title} has no usual address: send it as \`api_base\`.`, 'api_base');
  const nothing = { apiVersion: undefined, organization: undefined, aws: undefined };
  return {
    provider,
    target: { ...nothing, model: '', baseUrl, apiKey: key, stream: false, ownBase: base !== undefined },
    headers: {},
  };
}

function textIn(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  const text = stringIn(value);
  if (text === undefined || text.trim() === '') throw invalid(`${name} must be a text that is not empty.`, name);
  return text;
}
