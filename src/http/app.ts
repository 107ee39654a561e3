import express from 'express';
import type { Server } from 'node:http';
import { Failure } from '../chat/failure.ts';
import type { AdminRoute } from '../admin/routes.ts';
import type { Ports } from '../gateway/ports.ts';
import { adminRoutes } from './admin-routes.ts';
import { chatRoutes } from './chat-routes.ts';
import { createDoor, type Application } from './door.ts';
import { geminiRoutes } from './gemini-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { messagesRoutes } from './messages-routes.ts';
import { modelRoutes } from './model-routes.ts';
import { stripProject } from './project-path.ts';
import { refuse } from './refuse.ts';
import { relayedRoutes } from './relayed-routes.ts';
import { shareWithPage } from './share.ts';
import { uiRoutes } from './ui-routes.ts';

/** What the gateway answers over HTTP. */
export function gatewayApplication(ports: Ports, admin: readonly AdminRoute[]): Application {
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
  uiRoutes(app, ports);
  app.use((request, response) => {
    const path = request.path.slice(0, 200);
    refuse(
      ports,
      response,
      new Failure('not-found', `Purser has no route ${request.method} ${path}.`, { code: 'route_not_found' }),
    );
  });
  return {
    serve(request, response) {
      if (shareWithPage(request, response, ports.config())) return;
      stripProject(request);
      app(request, response);
    },
    request: app.request,
    response: app.response,
  };
}

/** A server that is ready from the start, not yet listening. */
export function createGatewayServer(ports: Ports, admin: readonly AdminRoute[]): Server {
  const door = createDoor();
  door.open(gatewayApplication(ports, admin));
  return door.server;
}
