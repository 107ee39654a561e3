import type { CallName } from './bodies.ts';
import type { BodyFile, BodyFiles } from './body-files.ts';

/** The files that there are, in memory: by call, oldest first. */
export class BodyIndex {
  readonly #files: BodyFiles;
  readonly #byCall = new Map<string, BodyFile>();
  bytes = 0;

  constructor(files: BodyFiles, found: readonly BodyFile[]) {
    this.#files = files;
    for (const file of found) this.add(file);
  }

  get size(): number {
    return this.#byCall.size;
  }

  sum(): { readonly calls: number; readonly bytes: number } {
    return { calls: this.size, bytes: this.bytes };
  }

  get(call: string): BodyFile | undefined {
    return this.#byCall.get(call);
  }

  add(file: BodyFile): void {
    this.#byCall.set(file.call, file);
    this.bytes += file.bytes;
  }

  /** Whether there was something to delete. */
  async forget(call: string): Promise<boolean> {
    const file = this.#byCall.get(call);
    if (file !== undefined) await this.#remove(file);
    return file !== undefined;
  }

  /** Deletes the expired ones, and then the oldest until there are not more bytes than that. */
  async sweep(isExpired: (name: CallName) => boolean, mostBytes: number): Promise<void> {
    const emptied = new Set<string>();
    const remove = async (file: BodyFile): Promise<void> => {
      await this.#remove(file);
      emptied.add(file.key);
    };
    for (const file of [...this.#byCall.values()]) if (isExpired(file)) await remove(file);
    for (const file of [...this.#byCall.values()]) {
      if (this.bytes <= mostBytes) break;
      await remove(file);
    }
    for (const { key } of this.#byCall.values()) emptied.delete(key);
    for (const key of emptied) await this.#files.removeFolderOf(key);
  }

  async #remove(file: BodyFile): Promise<void> {
    await this.#files.remove(file);
    if (this.#byCall.delete(file.call)) this.bytes -= file.bytes;
  }
}
