import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { threadCounter } from '../../src/tokens/thread-counter.ts';
import type { TokenCounter } from '../../src/tokens/count.ts';
import '../support/built-server.ts'; // builds
import { count, sized, tell } from './scale.ts';

const script = resolve(import.meta.dirname, '../..', process.env['PURSER_DIST'] ?? 'dist', 'token-thread.js');

/** Bytes that look random and are the same in every run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

type TextOf = (length: number, seed: number) => string;
const cut =
  (textOf: TextOf): TextOf =>
  (length, seed) =>
    textOf(length, seed).slice(0, length);
const letter = (seed: number): string => String.fromCharCode(97 + (seed % 26));
const emoji = (seed: number): string => String.fromCodePoint(0x1f600 + (seed % 60));

/** Texts of `length` characters; another `seed` gives another text of the same kind, which no cache knows. */
const texts: Readonly<Record<string, TextOf>> = {
  'one letter': (length, seed) => letter(seed).repeat(length),
  'one emoji': (length, seed) => emoji(seed).repeat(length / 2),
  'emoji of many parts': cut((length, seed) => `👨‍👩‍👧‍👦${emoji(seed)}`.repeat(length / 10)),
  base64: cut((length, seed) => noise(length, seed).toString('base64')),
  'one sign': (length, seed) => '=-_.,/#*+~^&%$!'.charAt(seed % 15).repeat(length),
  spaces: cut((length, seed) => `${seed}${' '.repeat(length)}`),
};
/** Kinds that are slower, or like one of those. */
const moreTexts: typeof texts = {
  'line breaks': cut((length, seed) => `${seed}${'\n'.repeat(length)}`),
  'Chinese without spaces': cut((length, seed) =>
    '预算已经用完请稍后再试'.slice(seed % 11).padEnd(length, '预算已经用完请稍后再试'),
  ),
  'combining marks': cut((length, seed) => `${letter(seed)}${'\u0301'.repeat(length)}`),
  'lone surrogates': cut((length, seed) => `${seed}${'\ud83d'.repeat(length)}`),
};

describe('counting tokens of hostile text', () => {
  const length = sized(50_000, 400_000);
  let counter: TokenCounter;
  before(async () => {
    counter = threadCounter(script);
    await counter.countText('Loads the encoding.', 'gpt-4o');
  });
  after(() => counter.close());

  for (const [name, textOf] of Object.entries(sized(texts, { ...texts, ...moreTexts }))) {
    it(`takes time in proportion to its length: ${name}`, async () => {
      let seed = 0;
      let tokens = 0;
      const timed = async (characters: number): Promise<number> => {
        const text = textOf(characters, (seed += 1));
        const start = performance.now();
        tokens = await counter.countText(text, 'gpt-4o');
        return performance.now() - start;
      };
      // The machine does other things, too: the least times count, of as many turns as it takes, but not of more than ten.
      let [half, whole] = [Infinity, Infinity];
      const isLinear = (): boolean => whole < 3 * Math.max(half, 1);
      for (let turn = 0; turn < 10 && !isLinear(); turn += 1) {
        half = Math.min(half, await timed(length / 2));
        whole = Math.min(whole, await timed(length));
      }
      assert.ok(tokens > 0 && tokens <= length * 3);
      // What takes no time at all has no ratio that could be measured.
      assert.ok(isLinear(), `${whole} ms for ${length}, ${half} ms for half of it`);
      tell(
        name,
        `${count(length)} characters are ${count(tokens)} tokens in ${whole.toFixed(1)} ms`,
        `${(whole / half).toFixed(2)} times the time of half of it`,
      );
    });
  }
});
