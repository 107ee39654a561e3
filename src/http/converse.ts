import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { Failure } from '../chat/failure.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { answer } from '../gateway/answer.ts';
import { assistantOf, headerText, sessionOf } from '../gateway/assistant.ts';
import { attribute } from '../gateway/attribute.ts';
import { spendHeaders } from '../gateway/answer-headers.ts';
import type { Caller } from '../gateway/authenticate.ts';
import type { Call } from '../gateway/call.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Sink } from '../gateway/sink.ts';
import { wishesOf } from '../gateway/wishes.ts';
import type { JsonObject } from '../lib/json.ts';
import { Stop } from '../lib/stop.ts';
import { callerOf } from './caller.ts';
import { projectInPath } from './project-path.ts';
import { readFormBody, readJsonBody } from './read-body.ts';
import { refuse } from './refuse.ts';
import { responseSink } from './response-sink.ts';

/** What a route knows before the body is read. */
export interface Route {
  readonly client: ClientDialect;
  /** A model named by the path instead of the body, as Azure's clients do. */
  readonly model?: string;
  /** Whether to stream, where the path says that too. */
  readonly stream?: boolean;
  /** The body is a form with files instead of JSON. */
  readonly takesForm?: true;
  /** What is done with the call; it is answered unless said otherwise. */
  readonly serve?: (ports: Ports, call: Call, sink: Sink) => Promise<void>;
}

/** One call of a model, from the key to the last byte. */
export async function converse(
  ports: Ports,
  request: IncomingMessage,
  response: ServerResponse,
  route: Route,
): Promise<void> {
  const { client, serve = answer } = route;
  const started = ports.clock.monotonic();
  const id = randomUUID();
  let caller: Caller | undefined;
  const gone = new Stop();
  ports.running.set(gone, { stop: gone });
  response.on('close', () => {
    ports.running.delete(gone);
    if (!response.writableFinished) gone.abort(new Failure('cancelled', 'The client went away.'));
  });
  try {
    caller = callerOf(ports, request);
    const limit = ports.config().maxRequestBytes;
    const read = await (route.takesForm ? readFormBody : readJsonBody)(request, limit);
    const { body } = read;
    const outline = client.outline(named(body, route));
    const call = {
      id,
      started,
      client,
      caller,
      ...read,
      outline,
      signal: gone,
      wishes: wishesOf(request.headers, client, body),
      ...originOf(ports, request, { client, caller, body }),
    };
    await serve(ports, call, responseSink(response, gone));
  } catch (error) {
    const headers = { 'x-litellm-call-id': id, ...(caller && spendHeaders(ports, caller)) };
    refuse(ports, response, error, { dialect: client, headers });
    // Nothing can be told any more; a stream that began must not look as if it ended well.
    if (!response.writableEnded) response.destroy();
  }
}

/** The body with what the path says. */
const named = (body: JsonObject, { model, stream }: Route): JsonObject =>
  model === undefined ? body : { ...body, model, ...(stream !== undefined && { stream }) };

/** Where a call comes from, as its headers, its path and its prompt tell. */
function originOf(
  ports: Ports,
  request: IncomingMessage,
  { client, caller, body }: Pick<Call, 'client' | 'caller' | 'body'>,
): Pick<Call, 'assistant' | 'session' | 'attribution' | 'forwarded' | 'query'> {
  const { headers } = request;
  const session = sessionOf(headers);
  const forwarded = client.requestHeaders?.flatMap((name) => {
    const value = headerText(headers[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    assistant: assistantOf(headers),
    session,
    attribution: attribute(
      ports.sessions,
      { caller, session, headers, body, pathProject: projectInPath(request) },
      (where) => ports.projects.at(where),
    ),
    ...(forwarded && { forwarded: Object.fromEntries(forwarded) }),
    ...(client.forwardsQuery && queryIn(request.url)),
  };
}

/** All but the gateway's own key, which some clients put there. */
function queryIn(url = ''): { readonly query?: string } {
  const from = url.indexOf('?');
  const members =
    from < 0
      ? []
      : url
          .slice(from + 1)
          .split('&')
          .filter((one) => one !== '' && !/^key=/i.test(one));
  return members.length === 0 ? {} : { query: members.join('&') };
}
