import type { Piece, Sink } from './sink.ts';

/** A sink, and what went through it. */
export interface RecordedSink {
  readonly sink: Sink;
  /** All that was sent; undefined when it was not a good answer, did not come to its end, or was larger than asked for. */
  readonly heard: () => Buffer | undefined;
}

/** Passes everything on to `sink` at once, and keeps up to `most` bytes of it. */
export function recordedSink(sink: Sink, most: number): RecordedSink {
  let pieces: Piece[] | undefined = [];
  let size = 0;
  let isWhole = false;
  const hear = (piece: Piece): void => {
    size += piece.length;
    if (size > most) pieces = undefined;
    else pieces?.push(piece);
  };
  return {
    heard: () => (isWhole && pieces !== undefined ? Buffer.concat(pieces.map(asBuffer)) : undefined),
    sink: {
      get begun() {
        return sink.begun;
      },
      send(status, headers, body) {
        isWhole = status === 200;
        hear(body);
        sink.send(status, headers, body);
      },
      begin: (headers) => sink.begin(headers),
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
