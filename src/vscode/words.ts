import type { l10n } from 'vscode';

/** The editor's own translation, for what can be decided, and tested, without an editor. */
export type Words = Pick<typeof l10n, 't'>;
