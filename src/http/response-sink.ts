import type { ServerResponse } from 'node:http';
import type { Headers, Piece, Sink } from '../gateway/sink.ts';
import type { StopSignal } from '../lib/stop.ts';

/** A Sink over a Node response. Every piece is flushed at once; back-pressure is the client's. */
export const responseSink = (response: ServerResponse, signal: StopSignal): Sink => new ResponseSink(response, signal);

class ResponseSink implements Sink {
  readonly #response: ServerResponse;
  readonly #signal: StopSignal;

  constructor(response: ServerResponse, signal: StopSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  get begun(): boolean {
    return this.#response.headersSent;
  }

  send(status: number, headers: Headers, body: Piece): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    this.#response.writeHead(status, { 'content-length': length, ...headers });
    this.#response.end(body);
  }

  begin(headers: Headers): void {
    this.#response.writeHead(200, headers);
  }

  write(piece: Piece): Promise<void> | undefined {
    return this.#response.write(piece) || this.#response.destroyed ? undefined : this.#drained();
  }

  end(piece?: Piece): void {
    if (piece === undefined) this.#response.end();
    else this.#response.end(piece);
  }

  break(): void {
    this.#response.socket?.resetAndDestroy();
  }

  /** A stop ends the wait: a client that went away never drains. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done);
        this.#signal.removeEventListener('abort', done);
        resolve();
      };
      this.#response.on('drain', done);
      this.#signal.addEventListener('abort', done);
    });
  }
}
