import type { ChatRequest } from '../chat/chat.ts';
import { lru } from '../lib/lru.ts';

/** Counts tokens locally, for when no provider says. An estimate for every model but OpenAI's. */
export interface TokenCounter {
  countText(text: string, model: string): Promise<number>;
  /** The prompt with its tools, as a chat model would be given it. */
  countRequest(request: ChatRequest): Promise<number>;
  close(): Promise<void>;
}

export type Encoding = 'o200k_base' | 'cl100k_base';

/** How many tokens a text makes. Its cost may grow with the square of an unbroken run, so it is given none that is long. */
export type Encode = (text: string) => number;

/** OpenAI's older models and its embeddings have the older encoding; everyone else is estimated with the newer. */
export const encodingFor = (model: string): Encoding =>
  /(^|\/)(gpt-4(?!o|\.)|gpt-3\.5|text-embedding)/.test(model) ? 'cl100k_base' : 'o200k_base';

/** Counts texts, remembering the longer ones: an assistant sends the same turns again with every call. */
export function textCounter(encode: Encode, remembered = countCache()): (text: string) => number {
  const countAll = (text: string): number => {
    let count = 0;
    for (const piece of shortRuns(text)) count += encode(piece);
    return count;
  };
  return (text) => {
    if (text.length < worthRemembering) return countAll(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const count = countAll(text);
    remembered.set(text, count);
    return count;
  };
}

const worthRemembering = 200;
const rememberedCharacters = 8_000_000;

interface CountCache {
  get(text: string): number | undefined;
  set(text: string, count: number): void;
}

/** The counts of the texts used last, up to so many characters in all. */
export function countCache(limit = rememberedCharacters): CountCache {
  const counts = lru<number>({ count: Infinity, size: limit });
  return {
    get: (text) => counts.get(text),
    set: (text, count) => counts.set(text, count, text.length),
  };
}

/** The bytes that an unbroken run may have. Words, numbers and indents of real text are shorter, so it is not cut at all. */
const longestRun = 100;

/**
 * The text in pieces in which nothing that an encoding takes as one word is longer than a run and its neighbour.
 * js-tiktoken takes quadratic time for a word: 10,000 times "a" took 27 seconds.
 */
export function* shortRuns(text: string): Generator<string> {
  let from = 0;
  let bytes = 0;
  let previous: CharacterClass = space;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const current = classOf(code);
    bytes = (joins(previous, current) ? bytes : 0) + (code > 0x7f ? 3 : 1);
    previous = current;
    if (bytes < longestRun || isLowSurrogate(text.charCodeAt(at + 1))) continue;
    yield text.slice(from, at + 1);
    from = at + 1;
    bytes = 0;
  }
  if (from === 0) yield text;
  else if (from < text.length) yield text.slice(from);
}

type CharacterClass = 0 | 1 | 2 | 3 | 4;
const space = 0;
const letter = 1;
const digit = 2;
const sign = 3;
const wide = 4;

/** Whether the two may belong to one word. A character beyond ASCII may be a letter or a sign; digits go by threes at most. */
const joins = (previous: CharacterClass, current: CharacterClass): boolean =>
  current !== digit &&
  previous !== digit &&
  (current === previous || (current === wide && previous !== space) || (previous === wide && current !== space));

function classOf(code: number): CharacterClass {
  if (code > 0x7f) return isWideSpace(code) ? space : wide;
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return space;
  if (code >= 0x30 && code <= 0x39) return digit;
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a ? letter : sign;
}

/** What the encodings' patterns mean by white space beyond ASCII. */
const isWideSpace = (code: number): boolean =>
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000 ||
  code === 0xfeff;

const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
