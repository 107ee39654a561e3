import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../lib/json.ts';
import { changesTo, withChange, type Change } from './edit-changes.ts';
import { draftOf, type Draft, Uneditable } from './edit-nodes.ts';
import { applied } from './edit-text.ts';
import { placesOf } from './edit-place.ts';
import { pathText } from './quote.ts';
import type { Path } from './source.ts';

/** A key; an index; the item of a list that says `is` under `where`, the `nth` (from 0) of them; a deployment by its id. */
export type EditStep =
  | string
  | number
  | { readonly where: string; readonly is: Json; readonly nth?: number }
  | { readonly deployment: string };
export type EditPath = readonly EditStep[];

/**
 * `set` makes what is missing on the way, and changes no more of a mapping or a list than differs. `append` adds an item
 * to the end of a list, which is made where there is none. `remove` of what is not there changes nothing.
 */
export type ConfigEdit =
  | { readonly type: 'set'; readonly path: EditPath; readonly value: Json }
  | { readonly type: 'append'; readonly path: EditPath; readonly value: Json }
  | { readonly type: 'remove'; readonly path: EditPath };

/** `problem`: why nothing was changed, in words for the user, without any value of the file. */
export type Edited = { readonly text: string } | { readonly problem: string };

/** The YAML after all of `edits`, or none. What they do not touch stays byte by byte: comments, order, quotes, anchors. */
export function editConfig(text: string, edits: readonly ConfigEdit[]): Edited {
  try {
    return { text: edits.reduce(edited, text) };
  } catch (error) {
    if (error instanceof Uneditable) return { problem: error.message };
    throw error;
  }
}

/** The values of the file as it stands, references unresolved; undefined for YAML that is broken. */
export function configValue(text: string): Json | undefined {
  try {
    return draftOf(text).value;
  } catch (error) {
    if (error instanceof Uneditable) return undefined;
    throw error;
  }
}

function edited(text: string, edit: ConfigEdit): string {
  const draft = draftOf(text);
  const path = placesOf(draft.value, edit.path);
  const changes = changesTo(draft.value, path, edit);
  const after = changes.reduce((now, change) => afterChange(now, change, path), draft);
  // An anchor may have carried the change elsewhere, a tag may have made another value of it.
  if (!isDeepStrictEqual(after.value, changes.reduce(withChange, draft.value))) throw unclear(path);
  return after.text;
}

function afterChange(draft: Draft, change: Change, path: Path): Draft {
  const text = applied(draft, change);
  try {
    return draftOf(text);
  } catch {
    throw unclear(path);
  }
}

const unclear = (path: Path): Uneditable =>
  new Uneditable(
    `${pathText(path)} cannot be changed alone: an anchor, a tag or an end mark stands in the way. Change it by hand.`,
  );
