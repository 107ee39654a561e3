import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countCache, type Encode, encodingFor, shortRuns, textCounter } from '../../src/tokens/count.ts';
import { loadEncoding } from '../../src/tokens/encodings.ts';

let encode: Encode;
before(async () => {
  encode = await loadEncoding('o200k_base');
});

/** An encoder that notes what it is given, and counts its characters. */
function listening() {
  const given: string[] = [];
  const listen: Encode = (text) => {
    given.push(text);
    return text.length;
  };
  return { given, count: textCounter(listen) };
}

/** Words of OpenAI's patterns, near enough: letters with marks, signs, white space. */
const words = /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+|\p{N}{1,3}/gu;
/** What js-tiktoken's work grows with: the square of each word's bytes. */
const work = (given: readonly string[]): number =>
  given.reduce(
    (sum, text) => sum + [...text.matchAll(words)].reduce((all, [word]) => all + Buffer.byteLength(word) ** 2, 0),
    0,
  );

const repeated = (text: string, length: number): string =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length);

describe('counting', () => {
  it('counts as OpenAI does', () => {
    const count = textCounter(encode);
    assert.equal(count('hello world, how are you?'), 7);
    assert.equal(count(''), 0);
    assert.equal(count('<|endoftext|>') > 1, true); // text, not an order
  });

  it('hands ordinary text over whole', () => {
    for (const text of [
      'Hello, world!\n\n    return x;',
      'Ünïcödé wörds, 中文也可以。',
      'const x = {"a": [1, 2, 3]};'.repeat(100),
    ]) {
      const { given, count } = listening();
      count(text);
      assert.deepEqual(given, [text]);
    }
  });

  const hostile: Readonly<Record<string, string>> = {
    'one letter': 'a',
    spaces: ' ',
    'line breaks': '\n',
    signs: '=-',
    emoji: '🙂',
    'joined emoji': '👩‍👩‍👧‍👦',
    'CJK without spaces': '汉字測試',
    'mixed scripts': 'aéaжa漢',
    'combining marks': 'e\u0301\u0327',
    'signs with marks': '.\u0301',
    base64: Buffer.from(repeated('The quick brown fox', 999)).toString('base64').replaceAll('=', ''),
    'wide spaces': '\u3000 \u00a0',
    digits: '1',
    'lone surrogates': '\ud83d',
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`of ${name} is linear work`, () => {
      const [shorter, longer] = [10_000, 50_000].map((length) => {
        const { given, count } = listening();
        const whole = repeated(text, length);
        assert.equal(count(whole), whole.length);
        assert.equal(given.join(''), whole);
        return work(given);
      });
      assert.ok(shorter !== undefined && longer !== undefined);
      assert.ok(longer <= 50_000 * 320, `${longer / 50_000} steps a character`);
      assert.ok(longer <= 5.1 * shorter);
    });
  }

  it('keeps pairs of surrogates together when it cuts', () => {
    for (const shift of ['', 'a', 'ab']) {
      for (const piece of shortRuns(shift + '🙂'.repeat(500))) assert.equal(piece, Buffer.from(piece).toString());
    }
  });

  it('loses nothing and hands over nothing empty', () => {
    const texts = fc
      .array(fc.constantFrom('a', ' ', '\n', '.', '1', 'é', '漢', '🙂', 'word '), { maxLength: 2000 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'grapheme', maxLength: 500 })), (text) => {
        const pieces = [...shortRuns(text)];
        assert.equal(pieces.join(''), text);
        assert.ok(text === '' || pieces.every((piece) => piece !== ''));
      }),
    );
  });

  it('counts a long text once', () => {
    const { given, count } = listening();
    const text = 'the same turn as in the call before. '.repeat(10);
    assert.equal(count(text), count(text.slice()));
    assert.equal(given.length, 1);
  });
});

describe('the memory of counts', () => {
  it('forgets what was used longest ago when it is full', () => {
    const cache = countCache(10);
    cache.set('aaaa', 1);
    cache.set('bbbb', 2);
    assert.equal(cache.get('aaaa'), 1);
    cache.set('cccc', 3);
    assert.deepEqual([cache.get('aaaa'), cache.get('bbbb'), cache.get('cccc')], [1, undefined, 3]);
  });

  it('keeps nothing that is larger than itself', () => {
    const cache = countCache(3);
    cache.set('abc', 1);
    cache.set('abcd', 2);
    assert.deepEqual([cache.get('abc'), cache.get('abcd')], [1, undefined]);
  });
});

describe('encoding of a model', () => {
  it('is the older one for older models of OpenAI alone', () => {
    for (const model of ['gpt-4', 'gpt-4-turbo', 'openai/gpt-3.5-turbo', 'text-embedding-3-small'])
      assert.equal(encodingFor(model), 'cl100k_base');
    for (const model of ['gpt-4o', 'gpt-4.1', 'gpt-5', 'o3', 'claude-sonnet-4-5', 'llama3'])
      assert.equal(encodingFor(model), 'o200k_base');
  });
});
