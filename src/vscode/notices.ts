import * as vscode from 'vscode';
import type { PanelAction, Remedy } from '../admin/contract.ts';
import { configurationRemedies, reloadWindow, remediesOf } from '../admin/handlers.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';

export interface Notices {
  /** Says once what keeps the gateway from running, with what helps. */
  state(state: GatewayState): void;
  /** Says when an edit was not taken. */
  configured(isTaken: boolean): void;
}

/** Messages for what the user must know of, and nothing else; `act` does what helps. */
export function notices(configFile: string, act: (action: PanelAction) => void): Notices {
  let said: string | undefined;
  let crashSaidAt = -Infinity;
  const offer = async (shown: (...titles: string[]) => Thenable<string | undefined>, remedies: readonly Remedy[]) => {
    const chosen = await shown(...remedies.map(({ title }) => title));
    const remedy = remedies.find(({ title }) => title === chosen);
    if (remedy !== undefined) act(remedy.action);
  };
  return {
    state(state) {
      if (state.type === 'running') said = undefined;
      if (state.type === 'running' && state.missingKeys !== undefined)
        void offer(
          (...titles) => vscode.window.showWarningMessage(lackOf(state.missingKeys), ...titles),
          [reloadWindow],
        );
      if (state.type !== 'failed' || state.why === 'folder-taken' || state.why === said) return;
      said = state.why;
      if (state.why === 'crashed') {
        // It is started again by itself; one that crashes on and on is in the status bar and the log.
        if (Date.now() - crashSaidAt < betweenCrashesMs) return;
        crashSaidAt = Date.now();
      }
      const { message } = state;
      void offer((...titles) => vscode.window.showErrorMessage(`Purser: ${message}`, ...titles), remediesOf(state));
    },
    configured(isTaken) {
      // Whoever is at it sees his mistakes marked where he writes.
      const isAtIt = vscode.window.visibleTextEditors.some(({ document }) => document.uri.fsPath === configFile);
      if (!isTaken && !isAtIt)
        void offer((...titles) => vscode.window.showWarningMessage(notTaken(), ...titles), configurationRemedies);
    },
  };
}

const betweenCrashesMs = 10 * 60_000;

const lackOf = (names: readonly string[] = []): string =>
  vscode.l10n.t(
    'Purser: The gateway runs in this window now, which does not know {0} yet: it was entered in another window. Reload this window, or add the key again.',
    names.join(', '),
  );

const notTaken = (): string =>
  vscode.l10n.t('Purser: The configuration has mistakes, which the log names. The one of before stays in force.');
