import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { ConfigEdit } from './edit.ts';
import { Uneditable } from './edit-nodes.ts';
import { pathText } from './quote.ts';
import { valueAt } from './reading.ts';
import type { Path } from './source.ts';

/** One change of one place. `insert`: an item before the index at the end of the path, which may be the list's end. */
export type Change =
  | { readonly type: 'replace'; readonly path: Path; readonly value: Json }
  | { readonly type: 'insert'; readonly path: Path; readonly value: Json }
  | { readonly type: 'remove'; readonly path: Path };

/** The fewest changes that make of `root` what the edit asks for, in their order. */
export function changesTo(root: Json, path: Path, edit: ConfigEdit): readonly Change[] {
  const now = valueAt(root, path);
  if (edit.type === 'remove') return now === undefined ? [] : [{ type: 'remove', path }];
  if (edit.type === 'set') return now === undefined ? made(root, path, edit.value) : differing(path, now, edit.value);
  if (now == null) return made(root, path, [edit.value]);
  if (isArray(now)) return [{ type: 'insert', path: [...path, now.length], value: edit.value }];
  throw new Uneditable(`${pathText(path)} is no list. Mend it, and try again.`);
}

/** The values after a change. */
export function withChange(root: Json, change: Change): Json {
  const [step, ...deeper] = change.path;
  if (step === undefined) return change.type === 'remove' ? {} : change.value;
  if (isArray(root)) return items(root, Number(step), { ...change, path: deeper });
  const members = isObject(root) ? root : {};
  if (deeper.length === 0 && change.type === 'remove')
    return Object.fromEntries(Object.entries(members).filter(([key]) => key !== step));
  return { ...members, [step]: withChange(members[step] ?? null, { ...change, path: deeper }) };
}

function items(list: readonly Json[], index: number, change: Change): Json {
  if (change.path.length > 0) return list.with(index, withChange(list[index] ?? null, change));
  if (change.type === 'replace') return list.with(index, change.value);
  return list.toSpliced(index, change.type === 'remove' ? 1 : 0, ...(change.type === 'remove' ? [] : [change.value]));
}

/** What is missing on the way is made with it. */
function made(root: Json, path: Path, value: Json): readonly Change[] {
  const isThere = (length: number): boolean => length === 0 || valueAt(root, path.slice(0, length)) != null;
  let length = path.length - 1;
  while (!isThere(length)) length--;
  const missing = path.slice(length + 1);
  const whole = missing.reduceRight<Json>((inner, step) => ({ [step]: inner }), value);
  return [{ type: 'replace', path: path.slice(0, length + 1), value: whole }];
}

function differing(path: Path, now: Json, then: Json): readonly Change[] {
  if (isDeepStrictEqual(now, then)) return [];
  if (isObject(now) && isObject(then)) return differingMembers(path, now, then);
  if (isArray(now) && isArray(then)) return differingItems(path, now, then);
  return [{ type: 'replace', path, value: then }];
}

function differingMembers(path: Path, now: JsonObject, then: JsonObject): readonly Change[] {
  const gone = Object.keys(now).filter((key) => then[key] === undefined);
  // What is added comes before what goes, so that a mapping is never empty in between.
  return [
    ...Object.entries(then).flatMap(([key, value]): readonly Change[] => {
      if (value === undefined) return [];
      const at = [...path, key];
      const before = now[key];
      return before === undefined ? [{ type: 'replace', path: at, value }] : differing(at, before, value);
    }),
    ...gone.map((key): Change => ({ type: 'remove', path: [...path, key] })),
  ];
}

/** Items at both ends that are the same stay; those between are changed one by one. */
function differingItems(path: Path, now: readonly Json[], then: readonly Json[]): readonly Change[] {
  const shorter = Math.min(now.length, then.length);
  let head = 0;
  while (head < shorter && isDeepStrictEqual(now[head], then[head])) head++;
  let tail = 0;
  while (tail < shorter - head && isDeepStrictEqual(now.at(-1 - tail), then.at(-1 - tail))) tail++;
  const common = shorter - head - tail;
  const changes: Change[] = [];
  for (let index = head; index < head + common; index++)
    changes.push(...differing([...path, index], now[index] ?? null, then[index] ?? null));
  for (let index = head + common; index < then.length - tail; index++)
    changes.push({ type: 'insert', path: [...path, index], value: then[index] ?? null });
  for (let index = now.length - tail - 1; index >= head + common; index--)
    changes.push({ type: 'remove', path: [...path, index] });
  return changes;
}
