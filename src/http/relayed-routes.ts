import type { Express } from 'express';
import { completions } from '../dialects/relayed/completions.ts';
import { embeddings, images, moderations, rerank } from '../dialects/relayed/formats.ts';
import { speech, transcriptions, translations } from '../dialects/relayed/sound.ts';
import type { Ports } from '../gateway/ports.ts';
import { converse, type Route } from './converse.ts';

/** The routes beside the chat, each with and without `/v1`. */
const routes: Readonly<Record<string, Route>> = {
  '/embeddings': { client: embeddings },
  '/completions': { client: completions },
  '/moderations': { client: moderations },
  '/images/generations': { client: images },
  '/rerank': { client: rerank },
  '/audio/speech': { client: speech },
  '/audio/transcriptions': { client: transcriptions, takesForm: true },
  '/audio/translations': { client: translations, takesForm: true },
};

/** What is passed on as it is, to providers that have the same route. */
export function relayedRoutes(app: Express, ports: Ports): void {
  for (const [path, route] of Object.entries(routes)) {
    app.post([`/v1${path}`, path], (request, response) => converse(ports, request, response, route));
    app.post([`/openai/deployments/:model${path}`, `/engines/:model${path}`], (request, response) =>
      converse(ports, request, response, { ...route, model: String(request.params.model) }),
    );
  }
  // Cohere's own clients.
  app.post('/v2/rerank', (request, response) => converse(ports, request, response, { client: rerank }));
}
