import * as vscode from 'vscode';
import type { PanelAction } from '../admin/contract.ts';
import { remediesOf } from '../admin/handlers.ts';
import type { GatewayState } from '../gateway/gateway-thread.ts';

/** Says once what keeps the gateway from running, with what helps. */
export function notices(act: (action: PanelAction) => void): (state: GatewayState) => void {
  let said: string | undefined;
  return (state) => {
    if (state.type === 'running') said = undefined;
    if (state.type !== 'failed' || state.why === 'folder-taken' || state.why === said) return;
    said = state.why;
    const remedies = remediesOf(state);
    const titles = remedies.map(({ title }) => title);
    void vscode.window.showErrorMessage(`Purser: ${state.message}`, ...titles).then((chosen) => {
      const remedy = remedies.find(({ title }) => title === chosen);
      if (remedy !== undefined) act(remedy.action);
    });
  };
}
