/** What `*` stands for when `pattern` matches `name`; never the empty text. */
export function starIn(pattern: string, name: string): string | undefined {
  const at = pattern.indexOf('*');
  if (at < 0 || name.length < pattern.length) return undefined;
  const tail = pattern.slice(at + 1);
  if (!name.startsWith(pattern.slice(0, at)) || !name.endsWith(tail)) return undefined;
  return name.slice(at, name.length - tail.length);
}
