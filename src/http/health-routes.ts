import type { Express, Request } from 'express';
import { authenticate } from '../gateway/authenticate.ts';
import { listModels, type ListedModel } from '../gateway/models.ts';
import type { Ports } from '../gateway/ports.ts';
import { Failure } from '../chat/failure.ts';
import { guard } from './guard.ts';
import { presentedKey } from './presented-key.ts';
import { refuse } from './refuse.ts';

/** LiteLLM's answer to "are you there". Needs no key. */
export function healthRoutes(app: Express, ports: Ports): void {
  app.get(['/health/liveliness', '/health/liveness'], (_request, response) => void response.json("I'm alive!"));
  app.get('/health/readiness', (_request, response) => {
    const ready = ports.accepting();
    response.status(ready ? 200 : 503).json({ status: ready ? 'healthy' : 'stopping', db: 'embedded' });
  });
}

/** What models there are, for this key. */
export function modelRoutes(app: Express, ports: Ports): void {
  const list = async (request: Request): Promise<readonly ListedModel[]> => {
    const config = ports.config();
    guard(request, config);
    return listModels(ports, authenticate(ports, presentedKey(request.headers, request.url, config.keyHeader)));
  };
  app.get(['/v1/models', '/models'], async (request, response) => {
    try {
      response.json({ object: 'list', data: (await list(request)).map(entry) });
    } catch (error) {
      refuse(ports, response, error);
    }
  });
  // Ids may hold slashes: openrouter/anthropic/claude-sonnet-4.5.
  app.get(['/v1/models/*id', '/models/*id'], async (request, response) => {
    try {
      const parts = request.params['id'] as unknown as readonly string[];
      const id = parts.join('/');
      const found = (await list(request)).find((model) => model.id === id);
      if (found === undefined) {
        throw new Failure('not-found', `The model '${id}' does not exist, or this key may not use it.`, {
          param: 'model',
          code: 'model_not_found',
        });
      }
      response.json(entry(found));
    } catch (error) {
      refuse(ports, response, error);
    }
  });
}

/** OpenAI's form, with LiteLLM's additions where they are known. `created` is no real date: OpenAI's clients want a number. */
const entry = ({ id, maxInput, maxOutput }: ListedModel): object => ({
  id,
  object: 'model',
  created: 1677610602,
  owned_by: 'purser',
  ...(maxInput === undefined ? {} : { max_input_tokens: maxInput }),
  ...(maxOutput === undefined ? {} : { max_output_tokens: maxOutput }),
});
