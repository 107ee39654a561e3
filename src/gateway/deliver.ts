import type { ChatEvent, Usage } from '../chat/chat.ts';
import { Failure } from '../chat/failure.ts';
import { isObject, parseJson, type JsonObject } from '../lib/json.ts';
import type { Asked } from './ask.ts';
import type { Call } from './call.ts';
import { answerHeaders, providerHeaders } from './answer-headers.ts';
import { deliverBytes } from './deliver-bytes.ts';
import { beginningWith } from './first-usage.ts';
import { recallCollector } from './recall.ts';
import { sourceOf } from './source.ts';
import type { Serving, Trying } from './serving.ts';
import type { Headers, Piece, Sink } from './sink.ts';
import { Relay, translation, type Through } from './through.ts';
import { sendAsStream, streamHead } from './whole-stream.ts';
import type { NanoUsd } from '../chat/money.ts';
import type { ClientDialect } from '../dialects/dialect.ts';

/** The provider's answer to the client, booked before its last frame goes out. */
export function deliver(serving: Trying, asked: Asked, sink: Sink): Promise<void> {
  const { call } = serving;
  const { answered, prepared } = asked;
  const type = answered.headers['content-type'] ?? '';
  const isJson = /\bjson\b/i.test(type) && !/x-ndjson|stream\+json/i.test(type);
  if (prepared.dialect.usageOfBytes && !/event-stream/i.test(type))
    return deliverBytes({ serving, asked, headersOf: (cost) => headersOf(serving, asked, cost) }, sink);
  if (!call.outline.stream) return deliverWhole(serving, asked, sink);
  // A server that knows no streams answers whole; its client asked for a stream all the same.
  if (isJson && prepared.dialect.framing !== 'ndjson') return deliverWhole(serving, asked, sink);
  if (/\bhtml\b/i.test(type))
    throw new Failure('provider-nonsense', 'The provider answered with a web page instead of a stream.');
  return deliverStream(serving, asked, sink);
}

async function deliverWhole(serving: Trying, asked: Asked, sink: Sink): Promise<void> {
  const { ports, call, bill } = serving;
  const { answered, attempt, prepared } = asked;
  const text = await answered.body.text();
  const said = jsonIn(text);
  // Of an error instead of an answer it is known too: as in a stream, it is billed no output.
  attempt.stage = 'answering';
  const answer = prepared.dialect.readAnswer(said);
  attempt.meter.seeWhole(answer);
  serving.run.answered((ports.clock.monotonic() - asked.sentAt) / Math.max(1, answer.usage?.output ?? 1));
  if (!prepared.isRelayed || prepared.recalls) ports.recall.remember(call.caller.id, answer.parts);
  bill.firstToken();
  const cost = await bill.settle('done');
  if (call.outline.stream) {
    const { client } = call;
    sendAsStream(sink, { client, request: prepared.request(), answer, headers: headersOf(serving, asked) });
    return;
  }
  const mended = prepared.dialect.mendedAnswer?.(said, call.body) ?? said;
  const relayed = (): string => (mended === said ? text : JSON.stringify(mended));
  const body = prepared.isRelayed ? relayed() : JSON.stringify(call.client.writeAnswer(answer, prepared.request()));
  sink.send(200, { 'content-type': 'application/json', ...headersOf(serving, asked, cost) }, body);
}

/** At a stream's beginning its cost is not known. */
function headersOf({ ports, call, route, bill, rateHeaders }: Serving, asked: Asked, cost?: NanoUsd | null): Headers {
  const { attempt, prepared } = asked;
  return answerHeaders(ports, {
    callId: call.id,
    caller: call.caller,
    deployment: attempt.deployment,
    group: route.group,
    attempts: bill.attempts,
    ...(cost !== undefined && { cost }),
    overheadMs: asked.sentAt - call.started + (ports.clock.monotonic() - asked.headAt),
    outputLimit: attempt.hold.outputLimit,
    dropped: prepared.dropped,
    rateHeaders,
    provider: providerHeaders(asked.answered.headers),
  });
}

function jsonIn(text: string): JsonObject {
  const body = parseJson(text);
  if (isObject(body)) return body;
  const what =
    text.trim() === '' ? 'an empty body' : /^\s*</.test(text) ? 'a web page' : 'something that is not a JSON object';
  throw new Failure('provider-nonsense', `The provider answered with ${what}.`);
}

async function deliverStream(serving: Trying, asked: Asked, sink: Sink): Promise<void> {
  const { ports, call, bill, run } = serving;
  const { attempt, prepared, answered } = asked;
  const seen = recallCollector();
  const through = await throughFor(call, asked, seen.see);
  attempt.recount = through.recount;
  const out: Piece[] = [];
  const begin = (): void => {
    if (sink.begun) return;
    answered.begun();
    run.answered(ports.clock.monotonic() - asked.sentAt, true);
    sink.begin(streamHead(headersOf(serving, asked)));
  };
  /** The frames that open an answer wait for its content: until then another deployment may serve the call. */
  const flush = (): Promise<void> | undefined => {
    if (out.length === 0 || !(through.hasContent || out.length > mostOpening)) return undefined;
    bill.firstToken();
    begin();
    const piece = out.length === 1 ? out[0] : joined(out);
    out.length = 0;
    return piece === undefined ? undefined : sink.write(piece);
  };
  // Not for-await: leaving its loop early would cut the provider's connection, which is to be used again.
  const pieces = answered.body[Symbol.asyncIterator]();
  const checkProgress = progressCheck();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    attempt.stage = 'answering';
    try {
      through.push(next.value, out);
      checkProgress(next.value.length, out.length > 0);
    } finally {
      const wait = flush();
      if (wait !== undefined) await wait;
    }
    if (through.ended) break;
  }
  // A stream that ended by itself must have come to a good end.
  if (!through.ended) through.end(out);
  if (prepared.recalls) through.recount();
  ports.recall.remember(call.caller.id, seen.parts());
  // What stands behind the last frame is read, so that the connection can be used again; how it ends is of no interest.
  answered.body.dump().catch(() => undefined);
  await flush();
  await bill.settle('done');
  begin();
  const rest = [...out, ...through.closing];
  sink.end(rest.length === 0 ? undefined : joined(rest));
}

/** The way from the provider's frames to the client's; `see` hears the events that are to be remembered. */
async function throughFor(
  { client, outline }: Call,
  { prepared, attempt, firstUsage }: Asked,
  see: (event: ChatEvent) => void,
): Promise<Through> {
  const { dialect } = prepared;
  if (prepared.isRelayed)
    return new Relay(dialect, attempt.meter, outline.wantsUsage, prepared.recalls ? see : undefined);
  const attended = attentive(client, await firstUsage, see);
  return translation(await sourceOf(dialect), attended, prepared.request(), attempt.meter);
}

/** Pieces; no provider has so many frames before its content. */
const mostOpening = 32;

/** Bytes without anything for the client in them. One frame may hold a whole picture. */
const mostFruitless = 32 * 1024 * 1024;

/** Throws when a stream goes on and on without one whole event. */
function progressCheck(): (bytes: number, isFruitful: boolean) => void {
  let fruitless = 0;
  return (bytes, isFruitful) => {
    fruitless = isFruitful ? 0 : fruitless + bytes;
    if (fruitless > mostFruitless)
      throw new Failure('provider-nonsense', 'The provider sent 32 MB of a stream without one whole event.');
  };
}

/** The client's dialect, whose stream begins with this usage and whose events are seen as they are written. */
const attentive = (
  client: ClientDialect,
  first: Usage | undefined,
  see: (event: ChatEvent) => void,
): ClientDialect => ({
  ...client,
  streamWriter(request) {
    const write = beginningWith(first, client.streamWriter(request));
    return (event) => {
      see(event);
      return write(event);
    };
  },
});

const joined = (pieces: readonly Piece[]): Piece =>
  pieces.every((piece) => typeof piece === 'string')
    ? pieces.join('')
    : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
