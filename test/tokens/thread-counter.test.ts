import assert from 'node:assert/strict';
import type { TokenCounter } from '../../src/tokens/count.ts';
import { threadCounter } from '../../src/tokens/thread-counter.ts';
import { said, tokenThread } from './support.ts';

describe('the token thread', () => {
  let counter: TokenCounter;
  before(async () => {
    counter = threadCounter(await tokenThread());
  });
  after(() => counter.close());

  it('counts a text as 7 and as one user message as 14', async () => {
    assert.equal(await counter.countText('hello world, how are you?', 'gpt-4o'), 7);
    assert.equal(await counter.countRequest(said('hello world, how are you?')), 14);
  });

  it('counts many at once, with the encoding of each model', async () => {
    const text = 'Привет, как дела?';
    const counts = await Promise.all(['gpt-4o', 'gpt-4', 'gpt-4o'].map((model) => counter.countText(text, model)));
    assert.equal(counts[0], counts[2]);
    assert.ok(Number(counts[1]) > Number(counts[0]));
  });

  it('counts a run that no tokenizer likes', async () => {
    assert.ok((await counter.countText('a'.repeat(50_000), 'gpt-4o')) > 5_000);
  });
});

/** A thread that counts characters, dies of the text `die` and cannot count `fail`. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, texts }) => {
      const text = texts.join('');
      if (text === 'die') throw new Error('out of memory');
      if (text === 'end') process.exit(0);
      if (text !== 'wait') parentPort.postMessage(text === 'fail' ? { id, error: 'no such encoding' } : { id, tokens: text.length });
    });
  `)}`,
);

describe('a token thread that fails', () => {
  it('fails what it was counting, and is there again', async () => {
    const counter = threadCounter(script);
    const [waiting, dying] = await Promise.allSettled([counter.countText('wait', ''), counter.countText('die', '')]);
    assert.match(String((waiting as PromiseRejectedResult).reason), /out of memory/);
    assert.equal(dying.status, 'rejected');
    assert.equal(await counter.countText('four', ''), 4);
    await assert.rejects(counter.countText('end', ''), /ended/);
    assert.equal(await counter.countText('again', ''), 5);
    await counter.close();
  });

  it('passes on why a count failed', async () => {
    const counter = threadCounter(script);
    await assert.rejects(counter.countText('fail', ''), /no such encoding/);
    await counter.close();
  });

  it('ends when nobody needs it for a while, and is there again', async () => {
    const thread = new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, threadId } from 'node:worker_threads';
        parentPort.on('message', ({ id }) => parentPort.postMessage({ id, tokens: threadId }));
      `)}`,
    );
    let idle = (): void => undefined;
    const counter = threadCounter(thread, (_ms, run) => {
      idle = run;
      return () => undefined;
    });
    const first = await counter.countText('a', '');
    assert.equal(await counter.countText('b', ''), first);
    idle();
    assert.ok((await counter.countText('c', '')) > first);
    await counter.close();
  });

  it('does not start again once it is closed', async () => {
    const counter = threadCounter(script);
    const waiting = counter.countText('wait', '');
    await Promise.all([assert.rejects(waiting, /closed/), counter.close()]);
    await assert.rejects(counter.countText('four', ''), /closed/);
  });
});
