import { randomUUID } from 'node:crypto';
import { invalid, type Failure } from '../chat/failure.ts';
import { nanoUsd, type NanoUsd } from '../chat/money.ts';
import type { JsonObject } from '../lib/json.ts';
import { priceRecord } from '../pricing/price.ts';
import { upperBound } from '../tokens/bound.ts';
import { answer } from './answer.ts';
import type { Call } from './call.ts';
import { clientNamed } from './clients.ts';
import { administrator } from './health-check.ts';
import type { KeptBody } from './kept-body.ts';
import type { Ports } from './ports.ts';
import { readableAnswer, type ReadablePart } from './readable-body.ts';
import { recordedSink } from './recorded-sink.ts';
import { saidIn } from './said.ts';
import { extraOf, quoteFor } from './set-aside.ts';
import { nowhere } from './sink.ts';

/** What another model made of a kept request. */
export interface Replayed {
  /** The id of the new call, which has a row of its own. */
  readonly call: string;
  readonly answer: readonly ReadablePart[];
}

/**
 * Sends a kept request to another model by the ordinary way: held, booked and stoppable like any call. It is the
 * administrator who asks, so it counts on no key; on the original's project it does, whose budgets hold.
 */
export async function replay(ports: Ports, body: KeptBody, model: string): Promise<Replayed> {
  const stop = new AbortController();
  const call = callOf(ports, body, model, stop.signal);
  const recorded = recordedSink(nowhere, mostAnswer);
  ports.running.set(stop.signal, { stop });
  try {
    await answer(portsFor(ports), call, recorded.sink);
  } finally {
    ports.running.delete(stop.signal);
  }
  const said = await saidIn(clientOf(body), recorded.soFar(), { ...call.body, model });
  return { call: call.id, answer: readableAnswer({ ...body, answer: said }) };
}

/** Bytes as they come; the page shows less. */
const mostAnswer = 16 * 1024 * 1024;

/** What a replay may cost at most. */
export interface ReplayQuote {
  /** Nano-dollars, at the dearest of the deployments; null where one has no known price. */
  readonly most: NanoUsd | null;
  readonly deployments: readonly {
    readonly model: string;
    readonly assumed: boolean;
    readonly price: JsonObject | null;
  }[];
}

/** What the hold of a replay will be, as long as budgets do not lower it. Throws for a name that nothing serves. */
export async function replayQuote(ports: Ports, body: KeptBody, model: string): Promise<ReplayQuote> {
  await ports.prices.warm();
  const call = callOf(ports, body, model, new AbortController().signal);
  const quotes = ports
    .catalog()
    .find(model, {})
    .deployments.map((one) => {
      const { price, assumed } = one.price();
      const inputTokens = upperBound(call.body, one.model);
      const quote = quoteFor(ports, call, one, { inputTokens, price, extra: extraOf(ports, call, one) });
      return {
        most: price === undefined ? undefined : quote(Infinity)?.hold,
        shown: {
          ...{ model: `${one.provider.name}/${one.model}`, assumed },
          price: price === undefined ? null : priceRecord(price, undefined),
        },
      };
    });
  const holds = quotes.flatMap(({ most }) => most ?? []);
  return {
    most: holds.length < quotes.length ? null : nanoUsd(Math.max(...holds)),
    deployments: quotes.map(({ shown }) => shown),
  };
}

function callOf(ports: Ports, body: KeptBody, model: string, signal: AbortSignal): Call {
  const client = clientOf(body);
  if (body.form) throw notAgain('its files are not kept');
  if (body.requestCut) throw notAgain('it was too long to be kept whole');
  const { stream, project, evidence, forwarded, query } = body;
  const request = client.modelInPath ? body.request : { ...body.request, model };
  return {
    id: randomUUID(),
    started: ports.clock.monotonic(),
    ...{ client, caller: administrator, body: request, forwarded, signal },
    raw: Buffer.from(JSON.stringify(request)),
    outline: client.outline({ ...request, model, ...(client.modelInPath && { stream }) }),
    assistant: 'replay',
    session: null,
    wishes: { noFallbacks: true },
    attribution: { project, evidence },
    ...(query !== null && { query }),
  };
}

function clientOf({ dialect }: KeptBody) {
  const client = clientNamed(dialect);
  if (client === undefined) throw notAgain('its format is not known any more');
  return client;
}

const notAgain = (why: string): Failure => invalid(`This request cannot be sent again: ${why}.`, 'call');

/** The same gateway, which answers nothing from memory and leaves out what the other model does not take. */
function portsFor(ports: Ports): Ports {
  const { cache: _, ...config } = ports.config();
  const all = { ...config, dropParams: true };
  return { ...ports, config: () => all };
}
