/** What is kept by name, of bounded count and size: what was longest not asked for goes first. */
export interface Lru<V> {
  /** It counts as asked for. */
  get(name: string): V | undefined;
  set(name: string, value: V, size: number): void;
  delete(name: string): void;
  clear(): void;
  readonly count: number;
  readonly size: number;
}

export interface LruLimits {
  readonly count: number;
  /** In whatever unit the sizes are given. */
  readonly size: number;
}

export function lru<V>(limits: LruLimits): Lru<V> {
  const kept = new Map<string, { readonly value: V; readonly size: number }>(); // the longest not asked for first
  let size = 0;
  const forget = (name: string): void => {
    size -= kept.get(name)?.size ?? 0;
    kept.delete(name);
  };
  return {
    get(name) {
      const found = kept.get(name);
      if (found === undefined) return undefined;
      kept.delete(name);
      kept.set(name, found);
      return found.value;
    },
    set(name, value, sizeOfValue) {
      forget(name);
      if (sizeOfValue > limits.size) return; // it would drive out all the others, and then itself
      kept.set(name, { value, size: sizeOfValue });
      size += sizeOfValue;
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.count && size <= limits.size) break;
        forget(oldest);
      }
    },
    delete: forget,
    clear() {
      kept.clear();
      size = 0;
    },
    get count() {
      return kept.size;
    },
    get size() {
      return size;
    },
  };
}
