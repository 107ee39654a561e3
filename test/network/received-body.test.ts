import assert from 'node:assert/strict';
import { bodyQueue, type Flow } from '../../src/network/received-body.ts';

function fakeFlow(): Flow & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
    abort: (reason) => log.push(`abort: ${reason.message}`),
  };
}
const quarter = Buffer.alloc(64 * 1024);

describe('a received body', () => {
  it('gives chunks in order, whether they came before they were asked for or after', async () => {
    const queue = bodyQueue(fakeFlow());
    queue.push(Buffer.from('a'));
    const text = queue.body.text();
    queue.push(Buffer.from('b'));
    await Promise.resolve();
    queue.push(Buffer.from('c'));
    queue.end();
    assert.equal(await text, 'abc');
  });

  it('gives what one turn of the connection brought in one piece', async () => {
    const queue = bodyQueue(fakeFlow());
    const pieces = queue.body[Symbol.asyncIterator]();
    const first = pieces.next();
    for (const text of ['a', 'b', 'c']) queue.push(Buffer.from(text));
    queue.end();
    assert.deepEqual(await first, { done: false, value: Buffer.from('abc') });
    assert.deepEqual(await pieces.next(), { done: true, value: undefined });
  });

  it('joins characters that were cut in two', async () => {
    const queue = bodyQueue(fakeFlow());
    for (const byte of Buffer.from('größer 🎉')) queue.push(Buffer.of(byte));
    queue.end();
    assert.equal(await queue.body.text(), 'größer 🎉');
  });

  it('pauses the connection while much waits to be read', async () => {
    const flow = fakeFlow();
    const queue = bodyQueue(flow);
    for (let count = 0; count < 6; count += 1) queue.push(quarter);
    assert.deepEqual(flow.log, ['pause']);
    const pieces = queue.body[Symbol.asyncIterator]();
    for (let count = 0; count < 3; count += 1) await pieces.next();
    assert.deepEqual(flow.log, ['pause']);
    await pieces.next();
    assert.deepEqual(flow.log, ['pause', 'resume']);
  });

  it('reads a short rest to its end and cuts off a long one', async () => {
    const short = fakeFlow();
    const queue = bodyQueue(short);
    queue.push(quarter);
    queue.end();
    await queue.body.dump();
    assert.deepEqual(short.log, []);

    const long = fakeFlow();
    const endless = bodyQueue(long);
    for (let count = 0; count < 5; count += 1) endless.push(quarter);
    await endless.body.dump();
    assert.match(long.log.at(-1) ?? '', /^abort/);
  });

  it('ends for its reader when it is destroyed, and with the error if one is given', async () => {
    const flow = fakeFlow();
    const queue = bodyQueue(flow);
    const waiting = queue.body[Symbol.asyncIterator]().next();
    queue.body.destroy();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    queue.push(Buffer.from('late'));
    queue.fail(new Error('late'));
    assert.equal(await queue.body.text(), '');

    const failing = bodyQueue(flow);
    failing.body.destroy(new Error('enough'));
    await assert.rejects(failing.body.text(), /enough/);
    assert.deepEqual(flow.log.at(-1), 'abort: enough');
  });
});
