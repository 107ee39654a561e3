import type { Status } from '../../admin/status-routes.ts';

/** What has been done of what there is to do at the beginning. */
export interface Progress {
  readonly hasModels: boolean;
  readonly hasBudget: boolean;
  /** The names that Claude Code, OpenAI's clients and Gemini CLI ask for are all served. */
  readonly familiesServed: boolean;
  readonly connected: boolean;
  readonly firstCall: boolean;
}

export interface Done {
  readonly status: Status;
  /** Assistants that were connected, or formats that this workspace's terminals have. */
  readonly connections: number;
}

export const progressOf = ({ status, connections }: Done): Progress => ({
  hasModels: status.providers > 0,
  hasBudget: status.hasDefaultBudget || status.budgets.length > 0,
  familiesServed: status.providers > 0 && status.unserved.length === 0,
  connected: connections > 0,
  firstCall: status.calls > 0 || status.month > 0,
});

/** Opened once by itself, and only for who has nothing yet. */
export const shouldOpen = (wasOpened: boolean, { hasModels, firstCall }: Progress): boolean =>
  !wasOpened && !hasModels && !firstCall;
