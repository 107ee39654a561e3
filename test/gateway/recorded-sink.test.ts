import assert from 'node:assert/strict';
import { recordedSink } from '../../src/gateway/recorded-sink.ts';
import type { Sink } from '../../src/gateway/sink.ts';

describe('a recorded sink', () => {
  const passed: string[] = [];
  let begun = false;
  const note = (what: string): void => void passed.push(what);
  const sink: Sink = {
    get begun() {
      return begun;
    },
    send: (status, _headers, body) => note(`send ${status} ${String(body)}`),
    begin() {
      begun = true;
      note('begin');
    },
    write(piece) {
      note(`write ${String(piece)}`);
      return undefined;
    },
    end: (piece) => note(`end ${String(piece)}`),
    break: () => note('break'),
  };
  beforeEach(() => {
    passed.splice(0);
    begun = false;
  });

  it('passes a stream on piece by piece, and has all of it at its end', () => {
    const recorded = recordedSink(sink, 100);
    recorded.sink.begin({});
    assert.equal(recorded.sink.begun, true);
    void recorded.sink.write('one ');
    void recorded.sink.write(Buffer.from('two '));
    assert.equal(recorded.heard(), undefined);
    recorded.sink.end('three');
    assert.equal(recorded.heard()?.toString(), 'one two three');
    assert.deepEqual(passed, ['begin', 'write one ', 'write two ', 'end three']);
  });

  it('has a whole answer, unless it is a refusal', () => {
    const good = recordedSink(sink, 100);
    good.sink.send(200, {}, 'Hi');
    assert.equal(good.heard()?.toString(), 'Hi');
    const bad = recordedSink(sink, 100);
    bad.sink.send(400, {}, 'No');
    assert.equal(bad.heard(), undefined);
  });

  it('has nothing of a stream that was cut, or that is larger than it may be', () => {
    const cut = recordedSink(sink, 100);
    cut.sink.begin({});
    void cut.sink.write('half');
    cut.sink.break();
    assert.equal(cut.heard(), undefined);
    const large = recordedSink(sink, 5);
    large.sink.begin({});
    void large.sink.write('1234');
    large.sink.end('56');
    assert.equal(large.heard(), undefined);
    assert.equal(passed.at(-1), 'end 56');
  });
});
