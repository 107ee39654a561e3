import assert from 'node:assert/strict';
import {
  flag,
  list,
  maybe,
  number,
  object,
  oneOf,
  orNull,
  record,
  shaped,
  shortText,
  strictObject,
  text,
} from '../../src/lib/shape.ts';

const key = object({
  name: text,
  budget: orNull(number),
  blocked: maybe(flag),
  models: list(text),
  aliases: record(text),
});
const whole = { name: 'alpha', budget: null, models: ['a'], aliases: { fast: 'b' } };

describe('shapes', () => {
  it('copy what they name and drop the rest', () => {
    assert.deepEqual(shaped(key, { ...whole, secret: 'sk-provider', blocked: true }, 'key'), {
      ...whole,
      blocked: true,
    });
  });

  it('leave out what may be missing and is', () => {
    assert.deepEqual(shaped(key, whole, 'key'), whole);
  });

  const wrong: readonly (readonly [unknown, string])[] = [
    [null, 'key must be an object.'],
    [[whole], 'key must be an object.'],
    [{ ...whole, name: 1 }, 'key.name must be a text.'],
    [{ ...whole, budget: '1' }, 'key.budget must be a number.'],
    [{ ...whole, budget: Number.NaN }, 'key.budget must be a number.'],
    [{ ...whole, blocked: 0 }, 'key.blocked must be true or false.'],
    [{ ...whole, models: ['a', 2] }, 'key.models[1] must be a text.'],
    [{ ...whole, models: { length: 1 } }, 'key.models must be a list.'],
    [{ ...whole, aliases: { fast: null } }, 'key.aliases.fast must be a text.'],
    [Object.create(whole), 'key.name must be a text.'],
  ];
  for (const [value, message] of wrong) {
    it(`say where a value is wrong: ${message}`, () => {
      assert.throws(() => shaped(key, value, 'key'), { message });
    });
  }

  it('that are strict refuse what they do not name', () => {
    const strict = strictObject({ by: oneOf(['model', 'key']), search: maybe(shortText) });
    assert.deepEqual(shaped(strict, { by: 'key' }, 'params'), { by: 'key' });
    assert.throws(() => shaped(strict, { by: 'key', also: 1 }, 'params'), { message: 'params.also is not known.' });
    assert.throws(() => shaped(strict, { by: 'constructor' }, 'params'), {
      message: 'params.by must be one of model, key.',
    });
    assert.throws(() => shaped(strict, { by: 'key', search: 'x'.repeat(501) }, 'params'), /params\.search is too long/);
    assert.throws(
      () => shaped(strict, JSON.parse('{"by":"key","__proto__":{}}'), 'params'),
      /params\.__proto__ is not known/,
    );
  });
});
