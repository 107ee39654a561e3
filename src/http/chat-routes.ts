import type { Express } from 'express';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import type { Ports } from '../gateway/ports.ts';
import { converse } from './converse.ts';

/** The routes that models answer on. They stand first: they are the ones in a hurry. */
export function chatRoutes(app: Express, ports: Ports): void {
  app.post(['/v1/chat/completions', '/chat/completions'], (request, response) =>
    converse(ports, request, response, { client: openaiChat }),
  );
  app.post(['/openai/deployments/:model/chat/completions', '/engines/:model/chat/completions'], (request, response) =>
    converse(ports, request, response, { client: openaiChat, model: String(request.params.model) }),
  );
}
