import type { Piece, Sink } from './sink.ts';

/** A sink, and what went through it. */
export interface RecordedSink {
  readonly sink: Sink;
  /** All that was sent; undefined when it was not a good answer, did not come to its end, or was larger than asked for. */
  readonly heard: () => Buffer | undefined;
  /** What was sent until now, as far as it was kept. */
  readonly soFar: () => SoFar;
}

export interface SoFar {
  readonly bytes: Buffer;
  /** The answer's content-type; empty while nothing was sent. */
  readonly type: string;
  /** There was more than was asked for. */
  readonly isCut: boolean;
}

/** Passes everything on to `sink` at once, and keeps up to `most` bytes of it, as long as `takes` has room for them. */
export function recordedSink(sink: Sink, most: number, takes: (bytes: number) => boolean = () => true): RecordedSink {
  const pieces: Piece[] = [];
  let size = 0;
  let type = '';
  let isCut = false;
  let isWhole = false;
  const hear = (piece: Piece): void => {
    size += piece.length;
    isCut ||= size > most || !takes(piece.length);
    if (!isCut) pieces.push(piece);
  };
  const all = (): Buffer => Buffer.concat(pieces.map(asBuffer));
  return {
    heard: () => (isWhole && !isCut ? all() : undefined),
    soFar: () => ({ bytes: all(), type, isCut }),
    sink: {
      get begun() {
        return sink.begun;
      },
      send(status, headers, body) {
        isWhole = status === 200;
        type = headers['content-type'] ?? '';
        hear(body);
        sink.send(status, headers, body);
      },
      begin(headers) {
        type = headers['content-type'] ?? '';
        sink.begin(headers);
      },
      write(piece) {
        hear(piece);
        return sink.write(piece);
      },
      end(piece) {
        isWhole = true;
        if (piece !== undefined) hear(piece);
        sink.end(piece);
      },
      break: () => sink.break(),
    },
  };
}

const asBuffer = (piece: Piece): Uint8Array => (typeof piece === 'string' ? Buffer.from(piece) : piece);
