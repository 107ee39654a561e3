import type { Express } from 'express';
import { Failure } from '../chat/failure.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { answer } from '../gateway/answer.ts';
import type { Ports } from '../gateway/ports.ts';
import { converse, type Route } from './converse.ts';
import { refuse } from './refuse.ts';

/** The routes that models answer on. They stand first: they are the ones in a hurry. */
export function chatRoutes(app: Express, ports: Ports): void {
  app.post(['/v1/chat/completions', '/chat/completions'], (request, response) =>
    converse(ports, request, response, { client: openaiChat }),
  );
  app.post(['/v1/responses', '/responses'], (request, response) =>
    converse(ports, request, response, { client: openaiResponses, serve: answerInThread }),
  );
  // Codex tries a WebSocket first, and goes on with HTTP at once when told so.
  app.get(['/v1/responses', '/responses'], (request, response, next) => {
    if (request.headers.upgrade === undefined) next();
    else refuse(ports, response.set('connection', 'close'), webSocketRefused);
  });
  app.post(['/openai/deployments/:model/chat/completions', '/engines/:model/chat/completions'], (request, response) =>
    converse(ports, request, response, { client: openaiChat, model: String(request.params.model) }),
  );
}

const answerInThread: NonNullable<Route['serve']> = (ports, call, sink) =>
  answer(ports, ports.threads.joined(call), sink);

const webSocketRefused = new Failure(
  'invalid-request',
  'Purser answers here over HTTP, not over a WebSocket: use POST.',
  {
    status: 426,
    code: 'upgrade_required',
  },
);
