import type { Piece, Sink } from '../gateway/sink.ts';
import { sseParser } from '../lib/sse.ts';

/** A Sink for clients that want a stream as one JSON array, as Google sends it without `alt=sse`. */
export function jsonArray(sink: Sink): Sink {
  const parser = sseParser();
  let count = 0;
  const elements = (piece: Piece): string =>
    parser
      .push(typeof piece === 'string' ? Buffer.from(piece) : piece)
      .map(({ data }) => `${count++ === 0 ? '[' : ',\r\n'}${data}`)
      .join('');
  return {
    get begun() {
      return sink.begun;
    },
    send: (status, headers, body) => sink.send(status, headers, body),
    begin: (headers) => sink.begin({ ...headers, 'content-type': 'application/json; charset=utf-8' }),
    write(piece) {
      const text = elements(piece);
      return text === '' ? undefined : sink.write(text);
    },
    end(piece) {
      const text = piece === undefined ? '' : elements(piece);
      sink.end(`${text}${count === 0 ? '[]' : ']'}`);
    },
    break: () => sink.break(),
  };
}
