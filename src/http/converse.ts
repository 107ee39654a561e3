import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { Failure } from '../chat/failure.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { answer } from '../gateway/answer.ts';
import { assistantOf, sessionOf } from '../gateway/assistant.ts';
import { spendHeaders } from '../gateway/answer-headers.ts';
import { authenticate, type Caller } from '../gateway/authenticate.ts';
import type { Ports } from '../gateway/ports.ts';
import { guard } from './guard.ts';
import { presentedKey } from './presented-key.ts';
import { readJsonBody } from './read-body.ts';
import { refuse } from './refuse.ts';
import { responseSink } from './response-sink.ts';

/** What a route knows before the body is read. */
export interface Route {
  readonly client: ClientDialect;
  /** A model named by the path instead of the body, as Azure's clients do. */
  readonly model?: string;
}

/** One call of a model, from the key to the last byte. */
export async function converse(
  ports: Ports,
  request: IncomingMessage,
  response: ServerResponse,
  { client, model }: Route,
): Promise<void> {
  const started = ports.clock.monotonic();
  const id = randomUUID();
  let caller: Caller | undefined;
  const gone = new AbortController();
  ports.running.add(gone);
  response.on('close', () => {
    ports.running.delete(gone);
    if (!response.writableFinished) gone.abort(new Failure('cancelled', 'The client went away.'));
  });
  try {
    const config = ports.config();
    guard(request, config);
    caller = authenticate(ports, presentedKey(request.headers, request.url ?? '', config.keyHeader));
    const { raw, body } = await readJsonBody(request, config.maxRequestBytes);
    const outline = client.outline(model === undefined ? body : { ...body, model });
    await answer(
      ports,
      {
        id,
        started,
        client,
        caller,
        raw,
        body,
        outline,
        assistant: assistantOf(request.headers),
        session: sessionOf(request.headers),
        signal: gone.signal,
      },
      responseSink(response, gone.signal),
    );
  } catch (error) {
    const headers = { 'x-litellm-call-id': id, ...(caller && spendHeaders(ports, caller)) };
    refuse(ports, response, error, { dialect: client, headers });
    // Nothing can be told any more; a stream that began must not look as if it ended well.
    if (!response.writableEnded) response.destroy();
  }
}
