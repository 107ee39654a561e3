import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Sink } from '../gateway/sink.ts';

/** A Sink over a Node response. Every piece is flushed at once; back-pressure is the client's. */
export function responseSink(response: ServerResponse, signal: AbortSignal): Sink {
  return {
    get begun() {
      return response.headersSent;
    },
    send(status, headers, body) {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
      response.writeHead(status, { 'content-length': length, ...headers });
      response.end(body);
    },
    begin(headers) {
      response.writeHead(200, headers);
    },
    write(piece) {
      if (response.write(piece) || response.destroyed) return undefined;
      // An abort ends the wait: a client that went away never drains.
      return once(response, 'drain', { signal }).then(
        () => undefined,
        () => undefined,
      );
    },
    end(piece) {
      if (piece === undefined) response.end();
      else response.end(piece);
    },
    break() {
      response.socket?.resetAndDestroy();
    },
  };
}
