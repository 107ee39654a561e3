import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { numberIn, objectIn, parseJson, stringIn } from '../lib/json.ts';
import { isSame } from '../lib/same.ts';
import { isOwnFile, readHolderFile, type HolderFile } from './holder-file.ts';
import { proofOf, type ProofAnswer } from './holder.ts';

/** Who has the port that this window wants. */
export type Verdict =
  /** Nobody any more. */
  | { readonly type: 'free' }
  /** A Purser that proved to be the one of the holder file: of this editor, or of one that the user trusts. */
  | { readonly type: 'sibling'; readonly holder: HolderFile; readonly isOwn: boolean }
  /** What says that it is a Purser, of another installation. */
  | { readonly type: 'other'; readonly said: ProofAnswer }
  /** Something else; `software` is what it calls itself, if it speaks HTTP. */
  | { readonly type: 'stranger'; readonly software: string | undefined };

export interface ElectionOptions {
  readonly host: string;
  readonly port: number;
  /** The holder file of this installation. */
  readonly holderFile: string;
  /** Those of others that the user wants to use. */
  readonly trusted: readonly string[];
  /** How long a sibling has to prove itself, milliseconds: the file is written a moment after the port was bound. */
  readonly patienceMs?: number;
}

const usualPatienceMs = 5_000;
const betweenMs = 50;

/** Asks whoever has the port for proof, again and again while it gives none. */
export async function judge(options: ElectionOptions): Promise<Verdict> {
  const end = performance.now() + (options.patienceMs ?? usualPatienceMs);
  for (;;) {
    const nonce = randomBytes(16).toString('hex');
    const left = end - performance.now();
    const answer = await askForProof(options, nonce, Math.max(left, betweenMs));
    if (answer === 'nobody') return { type: 'free' };
    const holder = answer.said && proven(options, answer.said, nonce);
    const { said, software } = answer;
    if (holder !== undefined) return { type: 'sibling', holder, isOwn: said?.file === options.holderFile };
    if (said !== undefined && !isKnown(options, said.file)) return { type: 'other', said };
    if (performance.now() + betweenMs >= end) return { type: 'stranger', software: said ? unproven : software };
    await delay(betweenMs);
  }
}

const unproven = 'Purser, but cannot prove it';

const isKnown = ({ holderFile, trusted }: ElectionOptions, file: string): boolean =>
  file === holderFile || trusted.includes(file);

/** The holder whose token the answer was made with. Nothing but the file is believed. */
function proven(options: ElectionOptions, said: ProofAnswer, nonce: string): HolderFile | undefined {
  if (!isKnown(options, said.file) || !isOwnFile(said.file)) return undefined;
  const holder = readHolderFile(said.file);
  const isProven = holder?.port === options.port && isSame(said.proof, proofOf(holder, nonce));
  return isProven ? holder : undefined;
}

interface Asked {
  /** Undefined when the answer is none of a Purser. */
  readonly said: ProofAnswer | undefined;
  readonly software?: string | undefined;
}

/** What whoever has the port says for itself; undefined when nobody has. */
export async function whoHas(host: string, port: number): Promise<Asked | undefined> {
  const answer = await askForProof({ host, port }, randomBytes(16).toString('hex'), 1_000);
  return answer === 'nobody' ? undefined : answer;
}

const mostBytes = 10_000;

function askForProof(
  { host, port }: { host: string; port: number },
  nonce: string,
  ms: number,
): Promise<Asked | 'nobody'> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: `/purser/proof?nonce=${nonce}`, agent: false }, (response) => {
      const { server } = response.headers;
      let text = '';
      const done = (): void => {
        stop();
        resolve({
          said: response.statusCode === 200 ? answerIn(text) : undefined,
          software: plain(String(server ?? ''), 40),
        });
      };
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > mostBytes) asked.destroy();
      });
      response.on('end', done).on('close', done);
    });
    // Also over a trickle of bytes, which would keep an idle timeout away for ever.
    const timer = setTimeout(() => asked.destroy(new Error('no answer')), ms);
    const stop = (): void => clearTimeout(timer);
    asked.on('error', (error: NodeJS.ErrnoException) => {
      stop();
      resolve(error.code === 'ECONNREFUSED' ? 'nobody' : { said: undefined });
    });
    asked.end();
  });
}

function answerIn(text: string): ProofAnswer | undefined {
  const json = objectIn(parseJson(text));
  const [purser, proof, file] = [stringIn(json['purser']), stringIn(json['proof']), stringIn(json['file'])];
  if (purser === undefined || proof === undefined || file === undefined) return undefined;
  return {
    ...{
      proof,
      file,
      purser: plain(purser, 20) ?? '?',
      owner: plain(stringIn(json['owner']) ?? '', 40) ?? 'another program',
    },
    contract: numberIn(json['contract']) ?? 0,
    pid: numberIn(json['pid']) ?? 0,
  };
}

/** A stranger's words, short and without what could be taken for more than words. */
function plain(text: string, most: number): string | undefined {
  const kept = text
    .replace(/[^\w ./+-]/g, '')
    .slice(0, most)
    .trim();
  return kept === '' ? undefined : kept;
}

/** Above zero when the release `a` is newer than `b`. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  for (const [place, number] of left.entries()) {
    const difference = number - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersIn = (release: string): readonly number[] => {
  const [, major = 0, minor = 0, patch = 0] = /^(\d+)\.(\d+)\.(\d+)/.exec(release) ?? [];
  return [Number(major), Number(minor), Number(patch)];
};

/** The first port above this one that nobody on this machine listens on. */
export async function freePortAfter(port: number): Promise<number> {
  for (let next = port + 1; next < 65_535; next += 1) {
    if (await isFree(next)) return next;
  }
  return port;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
