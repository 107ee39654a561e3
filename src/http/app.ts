import express, { type Express } from 'express';
import { IncomingMessage, ServerResponse, createServer, type Server } from 'node:http';
import { Failure } from '../chat/failure.ts';
import type { AdminRoute } from '../admin/routes.ts';
import type { Ports } from '../gateway/ports.ts';
import { adminRoutes } from './admin-routes.ts';
import { chatRoutes } from './chat-routes.ts';
import { geminiRoutes } from './gemini-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { messagesRoutes } from './messages-routes.ts';
import { modelRoutes } from './model-routes.ts';
import { stripProject } from './project-path.ts';
import { refuse } from './refuse.ts';
import { relayedRoutes } from './relayed-routes.ts';
import { shareWithPage } from './share.ts';

/** The gateway's HTTP server, not yet listening. */
export function createGatewayServer(ports: Ports, admin: readonly AdminRoute[]): Server {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  chatRoutes(app, ports);
  messagesRoutes(app, ports);
  geminiRoutes(app, ports);
  relayedRoutes(app, ports);
  modelRoutes(app, ports);
  healthRoutes(app, ports);
  adminRoutes(app, ports, admin);
  app.use((request, response) => {
    const path = request.path.slice(0, 200);
    refuse(
      ports,
      response,
      new Failure('not-found', `Purser has no route ${request.method} ${path}.`, { code: 'route_not_found' }),
    );
  });
  const server = createServer(
    { ...prototypesOf(app), maxHeaderSize: 32 * 1024, keepAliveTimeout: 75_000 },
    (request, response) => {
      if (shareWithPage(request, response, ports.config())) return;
      stripProject(request);
      app(request, response);
    },
  );
  server.headersTimeout = 60_000;
  server.requestTimeout = 300_000;
  server.maxConnections = 2_048;
  return server;
}

/**
 * Express gives each request and response its own prototypes by swapping them, and objects whose prototype was swapped
 * cost Node twice the time per request (bench: two thirds of Express's price). Made with those prototypes from the
 * start they are the same objects to Express, and the swap does nothing.
 */
function prototypesOf(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  return {
    IncomingMessage: madeWith(IncomingMessage, app.request),
    ServerResponse: madeWith(ServerResponse, app.response),
  };
}

/** Node's two are functions, not classes, so they can initialise an object that already has its prototype. */
function madeWith<T extends typeof IncomingMessage | typeof ServerResponse>(base: T, prototype: object): T {
  const initialise = base as unknown as (this: unknown, first: unknown, second: unknown) => void;
  const construct = function (this: unknown, first: unknown, second: unknown): void {
    initialise.call(this, first, second);
  };
  construct.prototype = prototype;
  return construct as unknown as T;
}
