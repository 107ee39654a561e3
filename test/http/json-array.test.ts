import assert from 'node:assert/strict';
import type { Headers, Piece, Sink } from '../../src/gateway/sink.ts';
import { jsonArray } from '../../src/http/json-array.ts';

function recorded(): { sink: Sink; heard: { text: string; headers: Headers; ended: boolean } } {
  const heard = { text: '', headers: {} as Headers, ended: false };
  const take = (piece: Piece): undefined => {
    heard.text += typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8');
  };
  const sink: Sink = {
    begun: false,
    send: (_status, _headers, body) => take(body),
    begin: (headers) => void (heard.headers = headers),
    write: take,
    end(piece) {
      if (piece !== undefined) take(piece);
      heard.ended = true;
    },
    break: () => undefined,
  };
  return { sink: jsonArray(sink), heard };
}

describe('a stream as a JSON array', () => {
  it('holds every event, whether it came as text or as bytes, alone or with others', () => {
    const { sink, heard } = recorded();
    sink.begin({ 'content-type': 'text/event-stream' });
    void sink.write('data: {"a":1}\n\n');
    void sink.write(Buffer.from('data: {"a":2}\r\n\r\ndata: {"a":3}\r\n\r\n'));
    sink.end('data: {"a":4}\n\n');
    assert.deepEqual(JSON.parse(heard.text), [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
    assert.match(heard.headers['content-type'] ?? '', /^application\/json/);
    assert.ok(heard.ended);
  });

  it('is whole up to each event as soon as that has come', () => {
    const { sink, heard } = recorded();
    void sink.write('data: {"a":1}\n\n');
    assert.equal(heard.text, '[{"a":1}');
  });

  it('is empty when nothing came', () => {
    const { sink, heard } = recorded();
    sink.end();
    assert.equal(heard.text, '[]');
  });

  it('leaves a whole answer as it is', () => {
    const { sink, heard } = recorded();
    sink.send(200, {}, '{"a":1}');
    assert.equal(heard.text, '{"a":1}');
  });
});
