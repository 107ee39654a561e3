import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../src/lib/json.ts';
import { spliceObject } from '../../src/lib/splice.ts';

const splice = (text: string, change: (before: JsonObject) => JsonObject): string => {
  const before = JSON.parse(text) as JsonObject;
  return spliceObject(Buffer.from(text), before, change(before)).toString();
};

describe('splice', () => {
  it('changes one member and leaves every other byte as it came', () => {
    const text = '{ "a" : 1.0, "model":"x", "big": 12345678901234567890, "e":"\\u00e9\\"}" }';
    assert.equal(
      splice(text, (before) => ({ ...before, model: 'y' })),
      text.replace('"x"', '"y"'),
    );
  });

  it('gives the same bytes back when nothing differs', () => {
    const raw = Buffer.from('{"a":1}');
    const before = { a: 1 };
    assert.equal(spliceObject(raw, before, { ...before }), raw);
  });

  it('adds to an empty object', () => {
    assert.equal(
      splice('{}', () => ({ a: [1] })),
      '{"a":[1]}',
    );
  });

  it('removes first, middle, last and only members', () => {
    for (const key of ['a', 'b', 'c']) {
      const result = splice('{"a":{"x":"}"}, "b":[1,{"y":"]"}] ,"c":"," }', (before) =>
        Object.fromEntries(Object.entries(before).filter(([name]) => name !== key)),
      );
      assert.deepEqual(
        Object.keys(JSON.parse(result) as object),
        ['a', 'b', 'c'].filter((name) => name !== key),
      );
    }
    assert.equal(
      splice('{"a":1}', () => ({})),
      '{}',
    );
  });

  it('changes a member that stands twice in both places, so that no reader sees the old value', () => {
    assert.equal(
      splice('{"n":1,"n":2}', (before) => ({ ...before, n: 3 })),
      '{"n":3,"n":3}',
    );
  });

  it('finds a member whose key is written with escapes', () => {
    assert.equal(
      splice('{"m\\u006fdel":"x"}', (before) => ({ ...before, model: 'y' })),
      '{"m\\u006fdel":"y"}',
    );
  });

  it('agrees with parsing, changing and serialising for any object', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 });
    fc.assert(
      fc.property(object, object, fc.integer({ min: 0, max: 3 }), (start, change, indent) => {
        const text = JSON.stringify(start, null, indent);
        const before = JSON.parse(text) as JsonObject;
        const kept = Object.fromEntries(Object.entries(before).filter((_, index) => index % 3 !== 0));
        const after = JSON.parse(JSON.stringify({ ...kept, ...change })) as JsonObject;
        const merged = Object.fromEntries(
          Object.entries(after).map(([key, value]) => [key, key in change ? value : before[key]]),
        );
        const result = spliceObject(Buffer.from(text), before, merged).toString();
        assert.deepEqual(JSON.parse(result), JSON.parse(JSON.stringify(merged)));
      }),
    );
  });
});
