import * as vscode from 'vscode';
import { progressOf, shouldOpen, type Done, type Progress } from './progress.ts';

/** By publisher and name of the extension, and the id in the manifest. */
const walkthrough = 'purser.purser#start';
const openedKey = 'walkthroughOpened';

export interface Walkthrough {
  /** Ticks off what has been done. */
  readonly see: (done: Done) => Promise<void>;
}

export const openWalkthrough = async (): Promise<void> => {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
};

/** The steps of the walkthrough tick by contexts, which follow what the gateway tells. */
export function walkthroughProgress({ globalState }: vscode.ExtensionContext): Walkthrough {
  let known: Partial<Progress> = {};
  return {
    async see(done) {
      const progress = progressOf(done);
      for (const [name, isSo] of Object.entries(progress) as [keyof Progress, boolean][])
        if (known[name] !== isSo) await vscode.commands.executeCommand('setContext', `purser.${name}`, isSo);
      known = progress;
      const wasOpened = globalState.get<boolean>(openedKey, false);
      if (!wasOpened) await globalState.update(openedKey, true);
      if (shouldOpen(wasOpened, progress)) await openWalkthrough();
    },
  };
}
