import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';
import { Failure, failurePolicies } from '../chat/failure.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { failureHeaders } from '../gateway/answer-headers.ts';

/** What answers requests, and the prototypes that it wants them to have. */
export interface Application {
  readonly serve: RequestListener;
  readonly request: object;
  readonly response: object;
}

/** The gateway's HTTP server from the moment that its port is bound: what comes before the gateway is ready waits for it. */
export interface Door {
  readonly server: Server;
  /** Serves what waits, and all that comes from now on. */
  readonly open: (application: Application) => void;
  /** Each connection that there still is gets one more answer: its client must come to another gateway after that. */
  readonly lastCalls: () => void;
  /** Refuses what waits, and all that comes from now on. */
  readonly shut: (why: Failure) => void;
}

/** How long a request waits for the gateway, milliseconds. */
const mostWaitMs = 15_000;

/** `early` answers what cannot wait, and says whether it has. */
export function createDoor(early: (...asked: Parameters<RequestListener>) => boolean = () => false): Door {
  const Request = withPrototypeOf(IncomingMessage);
  const Response = withPrototypeOf(ServerResponse);
  const waiting = waitingRoom();
  let serve: RequestListener = waiting.enter;
  const server = createServer(
    {
      IncomingMessage: Request as unknown as typeof IncomingMessage,
      ServerResponse: Response as unknown as typeof ServerResponse,
      maxHeaderSize: 32 * 1024,
      keepAliveTimeout: 75_000,
    },
    (request, response) => {
      if (!early(request, response)) serve(request, response);
    },
  );
  server.headersTimeout = 60_000;
  server.requestTimeout = 300_000;
  server.maxConnections = 2_048;
  const begin = (listener: RequestListener): void => {
    serve = listener;
    waiting.leave(listener);
  };
  return {
    server,
    open(application) {
      Request.prototype = application.request;
      Response.prototype = application.response;
      begin(application.serve);
    },
    lastCalls() {
      const usual = serve;
      serve = (request, response) => {
        response.shouldKeepAlive = false;
        usual(request, response);
      };
    },
    shut: (why) => begin((_request, response) => refuseOutright(response, why)),
  };
}

interface WaitingRoom {
  readonly enter: RequestListener;
  readonly leave: (serve: RequestListener) => void;
}

function waitingRoom(): WaitingRoom {
  const guests = new Set<{ readonly asked: Parameters<RequestListener>; readonly patience: NodeJS.Timeout }>();
  return {
    enter(request, response) {
      const patience = setTimeout(() => refuseOutright(response, notReady), mostWaitMs);
      const guest = { asked: [request, response] as Parameters<RequestListener>, patience };
      guests.add(guest);
      response.once('close', () => {
        clearTimeout(patience);
        guests.delete(guest);
      });
    },
    leave(serve) {
      for (const { asked, patience } of guests) {
        clearTimeout(patience);
        serve(...asked);
      }
      guests.clear();
    },
  };
}

const notReady = new Failure(
  'stopping',
  `Purser is starting and was not ready within ${mostWaitMs / 1000} s. Try again in a moment; its log says why.`,
  { retryAfter: 5 },
);

/** Where there is no gateway yet whose configuration could say how: in the form that serves OpenAI's and Anthropic's clients. */
export function refuseOutright(response: ServerResponse, failure: Failure): void {
  const body = JSON.stringify(openaiChat.writeFailure(failure));
  response.writeHead(failurePolicies[failure.kind].status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...failureHeaders(failure),
  });
  response.end(body);
}

/** What makes objects with a prototype that can be changed. */
type Made<T> = Omit<T, 'prototype'> & { prototype: object };

/**
 * Express gives each request and response its own prototypes by swapping them, and objects whose prototype was swapped
 * cost Node twice the time per request (bench: two thirds of Express's price). Made with those prototypes from the
 * start they are the same objects to Express, and the swap does nothing. Node's two are functions, not classes, so they
 * can initialise an object that already has its prototype.
 */
function withPrototypeOf<T extends typeof IncomingMessage | typeof ServerResponse>(base: T): Made<T> {
  const initialise = base as unknown as (this: unknown, first: unknown, second: unknown) => void;
  const construct = function (this: unknown, first: unknown, second: unknown): void {
    initialise.call(this, first, second);
  };
  construct.prototype = base.prototype;
  return construct as unknown as Made<T>;
}
