import type { Express } from 'express';
import type { Dialect } from '../dialects/dialect.ts';
import { completions } from '../dialects/relayed/completions.ts';
import { embeddings, images, moderations, rerank } from '../dialects/relayed/formats.ts';
import type { Ports } from '../gateway/ports.ts';
import { converse } from './converse.ts';

/** The routes beside the chat, each with and without `/v1`. */
const routes: Readonly<Record<string, Dialect>> = {
  '/embeddings': embeddings,
  '/completions': completions,
  '/moderations': moderations,
  '/images/generations': images,
  '/rerank': rerank,
};

/** What is passed on as it is, to providers that have the same route. */
export function relayedRoutes(app: Express, ports: Ports): void {
  for (const [path, client] of Object.entries(routes)) {
    app.post([`/v1${path}`, path], (request, response) => converse(ports, request, response, { client }));
    app.post([`/openai/deployments/:model${path}`, `/engines/:model${path}`], (request, response) =>
      converse(ports, request, response, { client, model: String(request.params.model) }),
    );
  }
  // Cohere's own clients.
  app.post('/v2/rerank', (request, response) => converse(ports, request, response, { client: rerank }));
}
