import { compareReleases, type Verdict } from './election.ts';
import { contract, type HolderFile } from './holder-file.ts';
import type { StartTrouble } from './worker-messages.ts';

/** How a window's turn as the holder of the gateway ended. */
export type HoldEnd =
  /** It did not begin: somebody has the port. */
  | 'taken'
  /** A newer Purser asked for it. */
  | 'handed-over'
  /** The configuration had mistakes, and has been changed. */
  | 'changed'
  /** For good: the window is closed, or something is in the way that only its user can change. */
  | 'over';

/** What a window can do about the one gateway. */
export interface WindowPorts {
  readonly version: string;
  readonly port: number;
  /** Tries to bind the port; if that works, serves until the end. */
  readonly hold: () => Promise<HoldEnd>;
  readonly judge: () => Promise<Verdict>;
  /** Uses another window's gateway until that ends. */
  readonly adopt: (holder: HolderFile) => Promise<void>;
  /** Waits for the end of a gateway without using it. */
  readonly outlive: (holder: HolderFile) => Promise<void>;
  /** Asks an older Purser to hand over. */
  readonly askToLeave: (holder: HolderFile) => Promise<void>;
  readonly fail: (trouble: StartTrouble) => void;
  readonly pause: (ms: number) => Promise<void>;
  /** [0, 1) */
  readonly random: () => number;
}

type Sibling = Verdict & { readonly type: 'sibling' };

/** Has this window hold the gateway or use the one of another, again and again, until the signal aborts. */
export async function live(window: WindowPorts, signal: AbortSignal): Promise<void> {
  let asked = 0;
  while (!signal.aborted) {
    const end = await window.hold();
    if (end === 'over') return;
    if (end === 'handed-over') await window.pause(headStartMs);
    if (end !== 'taken') continue;
    const verdict = await window.judge();
    if (verdict.type === 'sibling' && shouldLeave(verdict, window) && asked < mostAsked) {
      asked += 1;
      await window.askToLeave(verdict.holder);
      await window.pause(handOverMs);
    } else if (verdict.type === 'sibling') {
      await stayBeside(window, verdict.holder);
      // Of several windows one is to be first, so that the others need not try.
      await window.pause(shortestMs + window.random() * spreadMs);
    } else if (verdict.type !== 'free') {
      window.fail(troubleOf(verdict, window.port));
      return;
    }
  }
}

/** For the newer Purser that asked, before this one tries to have the port again. */
const headStartMs = 1_000;
/** Between being told that the port is given up and trying it; the older one's siblings wait longer. */
const handOverMs = 20;
/** One that cannot leave is used as it is. */
const mostAsked = 100;
const shortestMs = 40;
const spreadMs = 120;

/** Another editor's Purser is used as it is. */
const shouldLeave = ({ holder, isOwn }: Sibling, { version }: WindowPorts): boolean =>
  isOwn && compareReleases(holder.version, version) < 0;

async function stayBeside(window: WindowPorts, holder: HolderFile): Promise<void> {
  if (holder.contract === contract) return window.adopt(holder);
  window.fail({
    why: 'outdated',
    message: `Another window runs Purser ${holder.version}, and this one still ${window.version}. Reload this window.`,
  });
  return window.outlive(holder);
}

function troubleOf(verdict: Verdict & { readonly type: 'other' | 'stranger' }, port: number): StartTrouble {
  if (verdict.type === 'stranger') {
    const called = verdict.software === undefined ? '' : ` (it calls itself ${verdict.software})`;
    return {
      why: 'port-taken',
      message: `Port ${port} is taken by another program${called}. Choose another port, or end that program and try again.`,
    };
  }
  const { owner, purser, pid, file } = verdict.said;
  return {
    why: 'other-purser',
    message: `Port ${port} has another Purser: ${purser} of ${owner}, process ${pid}. Use that one, or choose another port for this editor.`,
    file,
  };
}
