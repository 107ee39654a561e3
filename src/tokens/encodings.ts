import type { Encode, Encoding } from './count.ts';

const ranks = {
  o200k_base: () => import('js-tiktoken/ranks/o200k_base'),
  cl100k_base: () => import('js-tiktoken/ranks/cl100k_base'),
};

/** Loads an encoding, which takes most of a second: for the token thread alone. */
export async function loadEncoding(encoding: Encoding): Promise<Encode> {
  const [{ Tiktoken }, loaded] = await Promise.all([import('js-tiktoken/lite'), ranks[encoding]()]);
  const tokenizer = new Tiktoken(loaded.default);
  // What looks like a special token in a prompt is text, as providers take it.
  return (text) => tokenizer.encode(text, [], []).length;
}
