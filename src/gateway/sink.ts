export type Piece = string | Uint8Array;
export type Headers = Readonly<Record<string, string>>;

/** The client's connection, as much of it as the gateway needs. */
export interface Sink {
  /** Whether the status has gone out, so that a failure can only be told within the stream. */
  readonly begun: boolean;
  /** A whole answer at once. */
  send(status: number, headers: Headers, body: Piece): void;
  /** The head of a stream. */
  begin(headers: Headers): void;
  /** Writes at once; resolves when the client can take more. Nothing to await when it can already. */
  write(piece: Piece): Promise<void> | undefined;
  end(piece?: Piece): void;
  /** Cuts the connection, so that no client takes what it got for whole. */
  break(): void;
}

/** Of a call that the gateway makes itself: nobody is connected, so all of its failures can be thrown. */
export const nowhere: Sink = {
  begun: false,
  send: () => undefined,
  begin: () => undefined,
  write: () => undefined,
  end: () => undefined,
  break: () => undefined,
};
