import type { Express } from 'express';
import { anthropic } from '../dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { countTokens } from '../gateway/count-tokens.ts';
import { plainName } from '../gateway/offered-name.ts';
import type { Ports } from '../gateway/ports.ts';
import { converse } from './converse.ts';

/** Anthropic's Messages, and what its clients ask besides. */
export function messagesRoutes(app: Express, ports: Ports): void {
  const client = claudeDialect(ports);
  app.post(['/v1/messages', '/messages'], (request, response) => converse(ports, request, response, { client }));
  app.post(['/v1/messages/count_tokens', '/messages/count_tokens'], (request, response) =>
    converse(ports, request, response, { client, serve: count }),
  );
  // Claude Code asks at its start whether anyone is there; older versions ask at the root.
  app.head(['/', '/api/hello'], (_request, response) => void response.end());
}

const count = countTokens({ promptIn: (body) => body, write: (input_tokens) => ({ input_tokens }) });

/** Anthropic's format, in which a model may go by the name that Claude Code was offered it under. */
const claudeDialect = (ports: Ports): ClientDialect => ({
  ...anthropic,
  outline(body) {
    const outline = anthropic.outline(body);
    return { ...outline, model: plainName(ports, outline.model) };
  },
});
