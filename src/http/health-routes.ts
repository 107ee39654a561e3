import type { Express } from 'express';
import type { Ports } from '../gateway/ports.ts';

/** LiteLLM's answer to "are you there". Needs no key. */
export function healthRoutes(app: Express, ports: Ports): void {
  app.get(['/health/liveliness', '/health/liveness'], (_request, response) => void response.json("I'm alive!"));
  app.get('/health/readiness', (_request, response) => {
    const ready = ports.accepting();
    response.status(ready ? 200 : 503).json({ status: ready ? 'healthy' : 'stopping', db: 'embedded' });
  });
}
