/**
 * A text from anywhere, as it may stand on the page: what would change the direction of the words around it, or is not
 * seen at all, is shown by its name.
 */
export const plainWords = (text: string): string => text.replace(unseen, named);

/** C0 and C1 but for tabs and line breaks, and the marks that Unicode has for directions and invisible joints. */
const unseen = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function named(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
