import { createHash } from 'node:crypto';
import { Failure } from '../chat/failure.ts';
import { changed, formats, undone, type FormatName, type Mark, type Setting } from './change.ts';
import { Uneditable } from './format.ts';

/** What one file is to say. */
export interface FileEdit {
  /** An absolute path. */
  readonly path: string;
  readonly format: FormatName;
  readonly settings: readonly Setting[];
  /** It holds a key: nobody but its owner may read it when it is made. */
  readonly isSecret?: true;
}

/** A file as it was, and what was done to it. */
export interface KeptFile {
  readonly path: string;
  readonly format: FormatName;
  /** Its whole text before the first edit; null: there was none. */
  readonly before: string | null;
  /** SHA-256 of the text that was written, lower-case hex. */
  readonly wrote: string;
  readonly marks: readonly Mark[];
}

/** The little that is asked of a disk. Texts are UTF-8 with every byte kept; a path may be a link, which stays one. */
export interface Files {
  /** Undefined where there is no file. Throws `Uneditable` for what is no text. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly write: (path: string, text: string, isSecret: boolean) => Promise<void>;
  /** Removes the file, and the folders around it that are empty then, up to `within`. */
  readonly remove: (path: string) => Promise<void>;
}

/** One file of a change that is proposed. */
export interface Proposal extends FileEdit {
  /** What it says now; undefined: there is no file. */
  readonly now: string | undefined;
  readonly after: string;
  readonly kept: KeptFile;
}

/** What connecting would change; files that say all of it already are left out. `earlier`: what an earlier connection of the same kind did. */
export async function proposed(
  files: Files,
  edits: readonly FileEdit[],
  earlier: readonly KeptFile[] = [],
): Promise<readonly Proposal[]> {
  const proposals: Proposal[] = [];
  for (const edit of edits) {
    const { path, format, settings } = edit;
    const now = await files.read(path);
    const known = earlier.find((one) => one.path === path);
    const base = known === undefined ? now : named(path, () => takenBack(now, known)).text;
    const { text: after, marks } = named(path, () => changed(base ?? '', format, settings));
    const kept = { path, format, before: base ?? null, wrote: hashOf(after), marks };
    if (marks.length > 0 || after !== now) proposals.push({ ...edit, now, after, kept });
  }
  return proposals.filter(({ kept, now }) => kept.marks.length > 0 || now !== undefined);
}

/** Writes what was proposed. When one file cannot be written, those before it are put back. */
export async function applied(files: Files, proposals: readonly Proposal[]): Promise<void> {
  for (const { path, now } of proposals) {
    if ((await files.read(path)) !== now)
      throw new Failure('invalid-request', `${path} has changed while its changes were looked at. Try again.`);
  }
  const written: Proposal[] = [];
  try {
    for (const proposal of proposals) {
      written.push(proposal);
      await files.write(proposal.path, proposal.after, proposal.isSecret === true);
    }
  } catch (error) {
    for (const { path, now, isSecret } of written) {
      if (now === undefined) await files.remove(path).catch(() => undefined);
      else await files.write(path, now, isSecret === true).catch(() => undefined);
    }
    throw error;
  }
}

/** What became of a file. `restored`: every byte is as it was; `cleaned`: others had edited it, so only what was ours was taken out. */
export interface Outcome {
  readonly path: string;
  readonly what: 'restored' | 'cleaned' | 'gone';
  /** The places that others have changed, which stay as they are. */
  readonly left: readonly string[];
}

/** Takes back what a connection did. Throws, and changes nothing, where a file cannot be read any more. */
export async function disconnected(files: Files, kept: readonly KeptFile[]): Promise<readonly Outcome[]> {
  const plans = [];
  for (const file of kept) {
    const now = await files.read(file.path);
    plans.push({ file, now, back: named(file.path, () => takenBack(now, file)) });
  }
  for (const { file, now, back } of plans) {
    if (back.text === undefined && now !== undefined) await files.remove(file.path);
    else if (back.text !== undefined && back.text !== now) await files.write(file.path, back.text, false);
  }
  return plans.map(({ file, back }) => ({ path: file.path, what: back.what, left: back.left }));
}

interface TakenBack {
  readonly text: string | undefined;
  readonly what: Outcome['what'];
  readonly left: readonly string[];
}

/** A file's text without what was done to it: the whole text of before where nobody has touched it since. */
export function takenBack(now: string | undefined, { before, wrote, format, marks }: KeptFile): TakenBack {
  if (now === undefined) return { text: undefined, what: before === null ? 'restored' : 'gone', left: [] };
  const old = before ?? undefined;
  if (hashOf(now) === wrote || now === old) return { text: old, what: 'restored', left: [] };
  const { text, left } = undone(now, format, marks);
  if (text === old) return { text, what: 'restored', left };
  const isNothing = old === undefined && formats[format].isBlank(text);
  return { text: isNothing ? undefined : text, what: isNothing ? 'restored' : 'cleaned', left };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What cannot be edited is said with the file's name. */
function named<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Uneditable)) throw error;
    throw new Failure('invalid-request', `${path} ${error.message}`, { cause: error });
  }
}
