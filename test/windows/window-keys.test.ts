import assert from 'node:assert/strict';
import { WindowKeys } from '../../src/windows/window-keys.ts';

describe('the keys of a window', () => {
  it('change by what its editor tells anew, and only that is passed on', () => {
    const keys = new WindowKeys({ KEPT: 'a', CHANGED: 'b', GONE: 'c' });
    assert.deepEqual(keys.learn({ KEPT: 'a', CHANGED: 'B', NEW: 'd' }), { CHANGED: 'B', GONE: null, NEW: 'd' });
    assert.deepEqual([...keys.names].sort(), ['CHANGED', 'KEPT', 'NEW']);
    assert.deepEqual(keys.learn({ KEPT: 'a', CHANGED: 'B', NEW: 'd' }), {});
  });

  it('keep what another window added, though the own editor still knows it not', () => {
    const keys = new WindowKeys({ OLD: 'a' });
    keys.merge({ THEIRS: 'b' });
    keys.learn({ OLD: 'a', MINE: 'c' });
    assert.deepEqual({ ...keys.inForce }, { OLD: 'a', THEIRS: 'b', MINE: 'c' });
  });

  it('forget what another window removed, though the own editor still knows it', () => {
    const keys = new WindowKeys({ LEAKED: 'a' });
    keys.merge({ LEAKED: null });
    assert.deepEqual(keys.learn({ LEAKED: 'a', MINE: 'b' }), { MINE: 'b' });
    assert.deepEqual(keys.names, ['MINE']);
  });
});
