import assert from 'node:assert/strict';
import { callArguments } from '../../src/dialects/call-arguments.ts';

describe('call arguments', () => {
  it('are an object, whatever the model wrote', () => {
    assert.deepEqual(callArguments(''), {});
    assert.deepEqual(callArguments(' '), {});
    assert.deepEqual(callArguments('{"a":1}'), { a: 1 });
    assert.deepEqual(callArguments('[1]'), { input: [1] });
    assert.deepEqual(callArguments('{"a":'), { input: '{"a":' });
  });
});
