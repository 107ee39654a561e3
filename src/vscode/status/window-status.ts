import * as vscode from 'vscode';
import type { GatewayAccess } from '../../admin/gateway-client.ts';
import type { Status } from '../../admin/status-routes.ts';
import type { GatewayState } from '../../windows/gateway-thread.ts';
import type { Projects } from '../projects/projects.ts';
import { displaySettings } from '../settings.ts';
import { folderInView } from './folder-in-view.ts';
import { statusBar } from './status-bar.ts';
import type { ModelSpend, Seen } from './status-text.ts';
import { watchStatus, type StatusWatch } from './status-watch.ts';

export interface WindowStatus {
  readonly onState: (state: GatewayState) => void;
  readonly seen: () => Seen;
  /** Asks the gateway at once, after something was changed. */
  readonly look: () => void;
  readonly dispose: () => void;
}

export interface WindowStatusPorts {
  readonly projects: Projects;
  /** Hears of everything that the gateway tells anew; undefined: it tells nothing just now. */
  readonly onStatus: (status: Status | undefined) => void;
  /** Hears of every turn in which the gateway is asked. */
  readonly onTurn: (access: GatewayAccess) => void;
}

/** What the gateway tells of this window's work, in the status bar. */
export function windowStatus({ projects, onStatus, onTurn }: WindowStatusPorts): WindowStatus {
  const bar = statusBar();
  let state: GatewayState = { type: 'starting' };
  let status: Status | undefined;
  let models: readonly ModelSpend[] = [];
  let watch: StatusWatch | undefined;
  const seen = (): Seen => ({
    ...{ state, status, models },
    display: displaySettings(),
    isTrusted: vscode.workspace.isTrusted,
    remote: vscode.env.remoteName,
    now: Date.now(),
  });
  const show = (): void => bar.show(seen());
  const look = (): void => watch?.look();
  const listeners = [
    projects.onDidChange(look),
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.workspace.onDidGrantWorkspaceTrust(show),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('purser')) show();
    }),
  ];
  return {
    ...{ seen, look },
    onState(next) {
      watch?.end();
      watch = undefined;
      state = next;
      if (next.type !== 'running') status = undefined;
      else
        watch = watchStatus(next, {
          project: () => folderInView(projects)?.project.id,
          onTurn,
          onChange(standing) {
            ({ status, models } = standing);
            show();
            onStatus(status);
          },
        });
      show();
      onStatus(status);
    },
    dispose() {
      watch?.end();
      for (const one of [...listeners, bar]) one.dispose();
    },
  };
}
