import type { Words } from '../../src/vscode/words.ts';

/** The words as they stand in the code, with what belongs into them. */
export const english: Words = {
  t(message: string | { readonly message: string }, ...parts: readonly unknown[]) {
    const [first] = parts;
    const named = (typeof first === 'object' && first !== null ? first : parts) as Readonly<Record<string, unknown>>;
    const text = typeof message === 'string' ? message : message.message;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in named ? String(named[name]) : whole));
  },
};
