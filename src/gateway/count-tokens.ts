import { toFailure, type FailureKind } from '../chat/failure.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import { spliceObject } from '../lib/splice.ts';
import { inOrder } from '../routing/router.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import { countInput } from './count.ts';
import { forwardedHeaders, forwardedUrl } from './forwarded.ts';
import { routeFor } from './permit.ts';
import type { Ports } from './ports.ts';
import type { Sink } from './sink.ts';
import { patienceOf } from '../network/watchdog.ts';

/** How a client's format asks for a count, and gets it. */
export interface CountForm {
  /** The body to be counted, as one that could be answered. */
  readonly promptIn: (body: JsonObject) => JsonObject;
  readonly write: (tokens: number) => JsonObject;
}

/**
 * Says how many tokens a prompt has, without answering it: as the provider counts them where it does so in the client's
 * own format, else as we do. Neither billed nor booked.
 */
export const countTokens =
  ({ promptIn, write }: CountForm) =>
  async (ports: Ports, call: Call, sink: Sink): Promise<void> => {
    const [deployment] = inOrder(routeFor(ports, call).deployments, () => ports.random());
    const said = deployment && (await askedOf(ports, call, deployment));
    const counted = async (): Promise<string> => {
      const body = promptIn(call.body);
      call.client.readRequest({ model: call.outline.model, ...body }); // what cannot be understood is told, not estimated
      return JSON.stringify(write(await countInput(ports, { ...call, body })));
    };
    sink.send(200, { 'content-type': 'application/json', 'x-litellm-call-id': call.id }, said ?? (await counted()));
  };

/** Claude Code asks a dozen times in a row and waits; a provider that is slow is not waited for. */
const patienceMs = 5_000;

const ofTheRequest: ReadonlySet<FailureKind> = new Set(['invalid-request', 'context-length', 'too-large']);

/** The provider's own count; undefined where it has none, or cannot tell now. Throws what it finds wrong with the request. */
async function askedOf(ports: Ports, call: Call, deployment: Deployment): Promise<string | undefined> {
  const { provider, config } = deployment;
  if (provider.dialect.name !== call.client.name || provider.countUrl === undefined) return undefined;
  if (config.mockResponse !== undefined) return undefined;
  const target = deployment.target(false);
  try {
    const own = { ...provider.headers(target), ...config.headers };
    const answered = await ports.upstream.send({
      method: 'POST',
      url: forwardedUrl(call, provider.dialect, provider.countUrl(target)),
      headers: { 'content-type': 'application/json', ...forwardedHeaders(call, provider.dialect, own) },
      body: spliceObject(call.raw, call.body, addressed(call, target.model)),
      signal: call.signal,
      patience: patienceOf(patienceMs),
    });
    const body = await answered.body.text();
    if (answered.status === 200) return body;
    throw provider.dialect.readRefusal({ status: answered.status, headers: answered.headers, body });
  } catch (error) {
    const failure = toFailure(error);
    if (ofTheRequest.has(failure.kind) || call.signal.aborted) throw failure;
    ports.log.warn(`${deployment.account} could not count tokens: ${failure.message}`);
    return undefined;
  }
}

/** The body for the provider's own model, which Gemini's may name a second time. */
function addressed({ client, body }: Call, model: string): JsonObject {
  if (!client.modelInPath) return { ...body, model };
  const inner = body['generateContentRequest'];
  return isObject(inner) ? { ...body, generateContentRequest: { ...inner, model: `models/${model}` } } : body;
}
