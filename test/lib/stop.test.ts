import assert from 'node:assert/strict';
import { Stop } from '../../src/lib/stop.ts';

describe('a stop', () => {
  it('tells everyone who listens once, and why', () => {
    const stop = new Stop();
    const heard: unknown[] = [];
    stop.signal.addEventListener('abort', () => heard.push(stop.signal.reason));
    stop.signal.addEventListener('abort', () => heard.push('again'));
    assert.equal(stop.signal.aborted, false);
    stop.signal.throwIfAborted();
    stop.abort('why');
    stop.abort('another reason');
    assert.deepEqual(heard, ['why', 'again']);
    assert.throws(
      () => stop.signal.throwIfAborted(),
      (reason: unknown) => reason === 'why',
    );
  });

  it('tells nobody who has ceased to listen, also while it tells', () => {
    const stop = new Stop();
    const heard: string[] = [];
    const last = (): void => void heard.push('last');
    stop.addEventListener('abort', () => {
      heard.push('first');
      stop.removeEventListener('abort', last);
    });
    stop.addEventListener('abort', last);
    const never = (): void => void heard.push('never');
    stop.addEventListener('abort', never);
    stop.removeEventListener('abort', never);
    stop.abort('why');
    assert.deepEqual(heard, ['first']);
  });
});
