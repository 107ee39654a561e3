import type { Variables } from './worker-messages.ts';

/** Names and new values; null: forgotten. */
export type ChangedVariables = Readonly<Record<string, string | null>>;

/**
 * The provider keys as far as a window knows them. What it is told by its own editor may be of old (where a secret
 * storage does not reach the other windows at once), so only what changes there counts, and the rest stays.
 */
export class WindowKeys {
  #told: Variables;
  #inForce: Variables;

  constructor(told: Variables) {
    this.#told = told;
    this.#inForce = told;
  }

  get inForce(): Variables {
    return this.#inForce;
  }

  /** Those that have a value. */
  get names(): readonly string[] {
    return Object.keys(this.#inForce).filter((name) => (this.#inForce[name] ?? '') !== '');
  }

  /** Takes what this window's editor knows now; gives what that changed. */
  learn(told: Variables): ChangedVariables {
    const names = new Set([...Object.keys(this.#told), ...Object.keys(told)]);
    const changed = [...names].filter((name) => this.#told[name] !== told[name]);
    this.#told = told;
    const changes = Object.fromEntries(changed.map((name) => [name, told[name] ?? null]));
    this.merge(changes);
    return changes;
  }

  /** Takes what another window changed. */
  merge(changes: ChangedVariables): void {
    const values = Object.entries(changes).map(([name, value]) => [name, value ?? undefined]);
    this.#inForce = { ...this.#inForce, ...(Object.fromEntries(values) as Variables) };
  }
}
