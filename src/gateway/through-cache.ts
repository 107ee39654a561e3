import { noUsage, type ChatAnswer, type Usage } from '../chat/chat.ts';
import { collect } from '../chat/collect.ts';
import { noMoney } from '../chat/money.ts';
import type { ClientDialect, Dialect } from '../dialects/dialect.ts';
import { objectIn, parseJson } from '../lib/json.ts';
import { sseParser } from '../lib/sse.ts';
import { freePrice } from '../pricing/price.ts';
import { answerHeaders } from './answer-headers.ts';
import { placeIn, type CachePlace } from './cache-key.ts';
import type { Call } from './call.ts';
import { recordedSink } from './recorded-sink.ts';
import type { KeptAnswer } from './response-cache.ts';
import type { Serving } from './serving.ts';
import type { Headers, Sink } from './sink.ts';
import { sendAsStream, streamHead } from './whole-stream.ts';

/** Answers with what was answered before, where the configuration allows that; else lets `serve` answer, and keeps what it said. */
export function throughCache(serving: Serving, sink: Sink, serve: (sink: Sink) => Promise<void>): Promise<void> {
  const { ports, call, route } = serving;
  const { cache, routing } = ports.config();
  // Where tags choose among deployments, they choose the answer.
  const place = cache && placeIn(cache, call, { group: route.group, tags: routing.filterTags ? call.wishes.tags : [] });
  return place === undefined ? serve(sink) : servedOrKept(serving, place, sink, serve);
}

async function servedOrKept(
  serving: Serving,
  place: CachePlace,
  sink: Sink,
  serve: (sink: Sink) => Promise<void>,
): Promise<void> {
  const { ports, call } = serving;
  const config = ports.config();
  const found = ports.responses.find(config, place);
  const kept = place.read && found !== undefined && fits(found, call) ? found : undefined;
  if (kept !== undefined) return sendKept(serving, place, kept, sink);
  const recorded = recordedSink(sink, config.cache?.maxBytes ?? 0);
  await serve(recorded.sink);
  const answer = place.write ? keepable(serving, recorded.heard()) : undefined;
  if (answer !== undefined) ports.responses.keep(config, place, answer);
}

/**
 * The answer, if it is one that the same question deserves again: not one of another model, which stood in while the
 * one asked for was out, and not one that a budget may have cut short.
 */
function keepable({ call, route, bill }: Serving, bytes: Buffer | undefined): KeptAnswer | undefined {
  const attempt = bill.attempts.at(-1);
  if (bytes === undefined || attempt === undefined || !route.deployments.includes(attempt.deployment)) return undefined;
  const { hold, meter, deployment } = attempt;
  if (hold.outputLimit !== undefined && (meter.usage?.output ?? Infinity) >= hold.outputLimit) return undefined;
  const { stream, wantsUsage } = call.outline;
  return { bytes, stream, wantsUsage, usage: meter.usage, deployment };
}

/** Whether an answer can be given in the form that is asked for; several choices and their odds are not read, only passed on. */
const fits = (kept: KeptAnswer, { client, outline, body }: Call): boolean =>
  isSameForm(kept, outline) || (isReadable(client) && outline.choices === 1 && !body.logprobs);

const isSameForm = (kept: KeptAnswer, { stream, wantsUsage }: Call['outline']): boolean =>
  kept.stream === stream && (!stream || kept.wantsUsage === wantsUsage);

/** The formats of clients are those of providers too, so that what was written to a client can be read again. */
const isReadable = (client: ClientDialect): client is Dialect => 'readAnswer' in client && 'streamReader' in client;

/** Books a call that cost nothing, and answers it. */
async function sendKept(serving: Serving, place: CachePlace, kept: KeptAnswer, sink: Sink): Promise<void> {
  const { ports, call, bill, scopes, route, rateHeaders } = serving;
  const { deployment } = kept;
  const free = { call: call.id, limits: [], scopes: scopes.names, quote: () => ({ hold: noMoney }) };
  const hold = await ports.budgets.reserve(free, call.signal);
  const attempt = bill.begin(deployment, { price: freePrice, assumed: false }, hold);
  attempt.stage = 'answering';
  attempt.meter.seeWhole({ id: '', model: '', parts: [], reason: 'stop', usage: unbilled(kept.usage) });
  bill.isCached = true;
  bill.firstToken();
  const cost = await bill.settle('done');
  const headers = answerHeaders(ports, {
    ...{ callId: call.id, caller: call.caller, deployment, group: route.group, attempts: [], cost, rateHeaders },
    ...{ overheadMs: ports.clock.monotonic() - call.started, outputLimit: undefined, dropped: [], provider: {} },
  });
  give(sink, kept, call, { ...headers, 'x-litellm-cache-key': place.key });
}

/** What the provider billed was billed then. */
function unbilled(usage: Usage | undefined): Usage {
  const { reported: _, ...counts } = usage ?? noUsage;
  return counts;
}

/** As it was, or written anew where it was a stream and is to be whole, or the other way. */
function give(sink: Sink, kept: KeptAnswer, call: Call, headers: Headers): void {
  const { client, outline, body } = call;
  const json = { 'content-type': 'application/json', ...headers };
  if (isSameForm(kept, outline)) {
    if (outline.stream) {
      sink.begin(streamHead(headers));
      sink.end(kept.bytes);
    } else sink.send(200, json, kept.bytes);
    return;
  }
  const answer = answerIn(kept, client as Dialect);
  const request = client.readRequest({ ...body, model: outline.model, stream: outline.stream });
  if (outline.stream) sendAsStream(sink, { client, request, answer, headers });
  else sink.send(200, json, JSON.stringify(client.writeAnswer(answer, request)));
}

function answerIn({ bytes, stream, usage }: KeptAnswer, format: Dialect): ChatAnswer {
  const read = (): ChatAnswer => {
    if (!stream) return format.readAnswer(objectIn(parseJson(bytes.toString('utf8'))));
    const parser = sseParser();
    return collect([...parser.push(bytes), ...parser.end()].flatMap(format.streamReader()));
  };
  const answer = read();
  return answer.usage === undefined && usage !== undefined ? { ...answer, usage } : answer;
}
