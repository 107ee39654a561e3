import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/lib/json.ts';
import { findProvider } from '../../src/providers/index.ts';
import { prepareBody } from '../../src/providers/prepare.ts';
import type { Provider, Target } from '../../src/providers/provider.ts';

export function providerNamed(name: string): Provider {
  const provider = findProvider(name);
  assert.ok(provider, `there is no provider ${name}`);
  return provider;
}

/** A target at the provider's own address, but for what `rest` says. */
export const targetOf = (provider: Provider, model: string, rest: Partial<Target> = {}): Target => ({
  model,
  baseUrl: provider.baseUrl ?? 'http://127.0.0.1:8000/v1',
  apiKey: 'the-key',
  apiVersion: undefined,
  organization: undefined,
  aws: undefined,
  stream: false,
  ownBase: false,
  ...rest,
});

/** What is sent for a body that goes to `provider/model`, with drop_params on; its model and an empty conversation are added. */
export function sentTo(name: string, body: JsonObject, rest: Partial<Target> = {}): JsonObject {
  const provider = providerNamed(name.slice(0, name.indexOf('/')));
  const model = name.slice(name.indexOf('/') + 1);
  const target = targetOf(provider, model, { stream: body.stream === true, ...rest });
  return prepareBody(provider, target, { model, messages: [], ...body }, { dropParams: true, dropAlso: [] }).body;
}

/** The messages that are sent for these. */
export const messagesSentTo = (name: string, ...messages: readonly JsonObject[]): unknown =>
  sentTo(name, { messages }).messages;
