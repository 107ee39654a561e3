/** Tells that something is to end: as much of an AbortSignal as is needed here, so that those of Node serve too. */
export interface StopSignal {
  readonly aborted: boolean;
  /** Why, once it has aborted. */
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Its other end. */
export interface Stopper {
  readonly signal: StopSignal;
  abort(reason: unknown): void;
}

/** For what every call has: an AbortController, with all that an EventTarget can do, costs over ten microseconds. */
export class Stop implements Stopper, StopSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners: (() => void)[] = [];

  get signal(): StopSignal {
    return this;
  }

  /** The first time counts. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // Like an AbortSignal: whom another one takes off meanwhile is not told.
    for (let next = this.#listeners.shift(); next !== undefined; next = this.#listeners.shift()) next();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}
