import type { ServerResponse } from 'node:http';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { redacted, toFailure } from '../chat/failure.ts';
import { failureHeaders, failureStatus } from '../gateway/answer-headers.ts';
import type { Ports } from '../gateway/ports.ts';

/** Answers with a failure in the client's dialect: whole, as nothing has been sent. Its body fits OpenAI's and Anthropic's clients. */
export function refuse(
  ports: Ports,
  response: ServerResponse,
  error: unknown,
  dialect: ClientDialect = openaiChat,
): void {
  const failure = redacted(toFailure(error), ports.redact());
  if (failure.kind === 'internal') ports.log.error('a request failed', failure.cause ?? failure);
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify(dialect.writeFailure(failure));
  response.writeHead(failureStatus(ports, failure), {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...failureHeaders(failure),
  });
  response.end(body);
}
