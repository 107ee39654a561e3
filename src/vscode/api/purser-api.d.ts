import type { Event, Uri } from 'vscode';

/**
 * What Purser gives to other extensions. Copy this file, name `purser.purser` among your `extensionDependencies` (or look
 * whether it is there), and get it by
 * `await vscode.extensions.getExtension<PurserApi>('purser.purser')?.activate()`.
 */
export interface PurserApi {
  /** Rises only when something that is described here changes its meaning or goes away. */
  readonly version: 1;

  /** `http://127.0.0.1:4144`, whatever the format: OpenAI's clients want it with `/v1`. Undefined while no gateway runs. */
  baseUrl(): string | undefined;

  /**
   * A key of your extension's own for the project of `folder`, or for none. The first time its user is asked, and may say
   * no: then it is undefined, and is not asked again in this window. The key obeys the project's budget, its spend can be
   * seen apart, and its user can limit, block or delete it; after a deletion it is asked for anew. Do not store it.
   * `extension` is your own id, such as `publisher.name`.
   */
  keyFor(extension: string, folder?: Uri): Promise<string | undefined>;

  /** What was spent on the project of `folder`, or on everything. Undefined while no gateway runs. */
  spend(folder?: Uri): Promise<PurserSpend | undefined>;

  /** The gateway has started, stopped or moved, or a project has another key: ask again. */
  readonly onDidChange: Event<void>;
}

/** Amounts in dollars. */
export interface PurserSpend {
  /** The project's name; undefined where everything is meant. */
  readonly project: string | undefined;
  readonly today: number;
  readonly month: number;
  readonly budgets: readonly PurserBudget[];
}

/** A budget of the project or of the whole gateway. */
export interface PurserBudget {
  readonly title: string;
  readonly max: number;
  readonly spent: number;
  /** Set aside for calls under way. */
  readonly held: number;
  readonly resetsAt: Date | undefined;
}
