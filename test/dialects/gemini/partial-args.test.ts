import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import { partialArguments } from '../../../src/dialects/gemini/partial-args.ts';

describe('gemini partial arguments', () => {
  it('take every kind of value', () => {
    const args = partialArguments({ kept: true });
    args.add([
      { jsonPath: '$.count', numberValue: 0 },
      { jsonPath: '$.on', boolValue: false },
      { jsonPath: '$.nothing', nullValue: 'NULL_VALUE' },
      { jsonPath: "$['odd name'].x", stringValue: 'a', willContinue: true },
    ]);
    args.add([{ jsonPath: "$['odd name'].x", stringValue: 'b' }]);
    assert.deepEqual(JSON.parse(args.json()), {
      kept: true,
      count: 0,
      on: false,
      nothing: null,
      'odd name': { x: 'ab' },
    });
  });

  it('take lists of lists', () => {
    const args = partialArguments({});
    args.add([
      { jsonPath: '$.grid[0][0]', numberValue: 1 },
      { jsonPath: '$.grid[0][1]', numberValue: 2 },
      { jsonPath: '$.grid[1][0]', numberValue: 3 },
    ]);
    assert.deepEqual(JSON.parse(args.json()), { grid: [[1, 2], [3]] });
  });

  it('take a member named __proto__ as a member', () => {
    const args = partialArguments({});
    args.add([{ jsonPath: '$.__proto__.polluted', boolValue: true }]);
    assert.equal(args.json(), '{"__proto__":{"polluted":true}}');
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  it('refuse a list with holes', () => {
    assert.throws(() => partialArguments({}).add([{ jsonPath: '$.list[4000000000]', numberValue: 1 }]), Failure);
  });
});
