import type { ServerResponse } from 'node:http';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { redacted, toFailure } from '../chat/failure.ts';
import { failureHeaders, failureStatus } from '../gateway/answer-headers.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Headers } from '../gateway/sink.ts';

interface Telling {
  readonly dialect?: ClientDialect;
  /** More headers, of a call that is known. */
  readonly headers?: Headers;
}

/** Answers with a failure in the client's dialect: whole, as nothing has been sent. Its body fits OpenAI's and Anthropic's clients. */
export function refuse(
  ports: Ports,
  response: ServerResponse,
  error: unknown,
  { dialect = openaiChat, headers = {} }: Telling = {},
): void {
  const failure = redacted(toFailure(error), ports.redact());
  if (failure.kind === 'internal') ports.log.error('a request failed', failure.cause ?? failure);
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify(dialect.writeFailure(failure));
  response.writeHead(failureStatus(ports, failure), {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...failureHeaders(failure),
  });
  response.end(body);
}
