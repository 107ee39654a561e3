import { createHmac, randomUUID } from 'node:crypto';
import { newSecret } from '../keys/virtual-key.ts';
import { isSame } from '../lib/same.ts';
import { contract, readHolderFile, writeHolderFile, type HolderFile } from './holder-file.ts';

export interface HolderOptions {
  readonly file: string;
  readonly host: string;
  /** Who holds the gateway, for people. */
  readonly owner: string;
  readonly version: string;
  readonly keys: readonly string[];
  /** Hears why the file cannot be written: the gateway serves all the same, but other windows cannot find it. */
  readonly onUnwritten: (error: unknown) => void;
}

/** What anyone who asks is told; `proof` says that it knows the token in `file`. */
export interface ProofAnswer {
  readonly purser: string;
  readonly contract: number;
  readonly owner: string;
  readonly pid: number;
  readonly file: string;
  readonly proof: string;
}

/** A window that stays connected, to learn at once what becomes of the gateway. */
export interface Presence {
  readonly tell: (news: News) => void;
  readonly end: () => void;
}

export type News =
  /** The configuration was read again. */
  { readonly type: 'configured'; readonly isTaken: boolean };

/** The side of the gateway that other windows see: who holds it, and that it is not a stranger who says so. */
export interface Holder {
  /** An admin key of this run. */
  readonly token: string;
  /** Writes the holder file, once the port is bound. */
  readonly announce: (port: number) => void;
  /** Writes it again with the keys as they are now. */
  readonly setKeys: (keys: readonly string[]) => void;
  readonly prove: (nonce: string) => ProofAnswer;
  readonly isToken: (presented: string) => boolean;
  /** Keeps a window told; gives what ends that. */
  readonly join: (presence: Presence) => () => void;
  readonly tell: (news: News) => void;
  /** Tells the other windows that the port is free. */
  readonly leave: () => void;
}

export function holderOf({ file, keys, onUnwritten, ...known }: HolderOptions): Holder {
  const token = newSecret();
  const presences = new Set<Presence>();
  let said: HolderFile = { ...known, contract, keys, port: 0, pid: process.pid, instance: randomUUID(), token };
  let hasLeft = false;
  const write = (changed: Partial<HolderFile> = {}): void => {
    said = { ...said, ...changed };
    if (hasLeft) return;
    try {
      writeHolderFile(file, said);
    } catch (error) {
      onUnwritten(error);
    }
  };
  /** Whoever asks for proof reads the file next. */
  const mend = (): void => {
    if (readHolderFile(file)?.instance !== said.instance) write();
  };
  return {
    token,
    announce: (port) => write({ port }),
    setKeys: (names) => write({ keys: names }),
    prove(nonce) {
      mend();
      const { version: purser, owner, pid } = said;
      return { purser, contract, owner, pid, file, proof: proofOf(said, nonce) };
    },
    isToken: (presented) => isSame(presented, token),
    join(presence) {
      presences.add(presence);
      return () => presences.delete(presence);
    },
    tell(news) {
      for (const presence of presences) presence.tell(news);
    },
    leave() {
      hasLeft = true;
      for (const presence of presences) presence.end();
      presences.clear();
    },
  };
}

/** The port is in it, so that nobody on another port can pass the answer of the real one on as its own. */
export const proofOf = ({ token, port }: Pick<HolderFile, 'token' | 'port'>, nonce: string): string =>
  createHmac('sha256', token).update(`purser ${port} ${nonce}`).digest('hex');
