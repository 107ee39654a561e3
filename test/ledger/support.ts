import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { NanoUsd } from '../../src/chat/money.ts';
import type { CloseRecord, JournalRecord, OpenRecord } from '../../src/ledger/records.ts';
import type { ThreadLedgerOptions } from '../../src/ledger/thread-ledger.ts';
import { wasm } from './in-process.ts';

export { wasm };

const folders: string[] = [];
after(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed when the tests are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'purser-ledger-'));
  folders.push(folder);
  return folder;
}

let script: string | undefined;

/** The real thread, bundled as for release: Node 20 cannot run a thread from TypeScript, not even with tsx. */
export function threadOptions(folder: string): ThreadLedgerOptions {
  if (script === undefined) {
    script = join(newFolder(), 'ledger-thread.cjs');
    const entry = fileURLToPath(new URL('../../src/ledger-thread.ts', import.meta.url));
    buildSync({
      entryPoints: [entry],
      outfile: script,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    });
  }
  return { script, wasm, folder };
}

export const usd = (nano: number): NanoUsd => nano as NanoUsd;

/** 2026-03-01T12:00:00Z. */
export const noon = Date.UTC(2026, 2, 1, 12);

export const openRecord = (call: string, changes: Partial<OpenRecord> = {}): OpenRecord => ({
  type: 'open',
  call,
  at: noon,
  key: 'key-a',
  project: 'project-a',
  evidence: 'key',
  scopes: ['gateway', 'key:key-a'],
  group: 'fast',
  model: 'small-1',
  provider: 'openai',
  account: 'OPENAI_API_KEY',
  deployment: 'deployment-1',
  dialect: 'openai-chat',
  stream: true,
  assistant: 'tester',
  session: null,
  hold: usd(5_000),
  ...changes,
});

export const closeRecord = (call: string, changes: Partial<CloseRecord> = {}): CloseRecord => ({
  type: 'close',
  call,
  at: noon,
  key: 'key-a',
  project: 'project-a',
  evidence: 'key',
  scopes: ['gateway', 'key:key-a'],
  group: 'fast',
  model: 'small-1',
  provider: 'openai',
  account: 'OPENAI_API_KEY',
  deployment: 'deployment-1',
  dialect: 'openai-chat',
  stream: true,
  assistant: 'tester',
  session: null,
  status: 'done',
  failure: null,
  usage: { input: 10, cacheRead: 20, cacheWrite: 30, cacheWrite1h: 40, output: 50, reasoning: 5 },
  cost: usd(1_000),
  source: 'computed',
  upperBound: false,
  price: { input: 100, source: 'table' },
  firstTokenMs: 12.5,
  totalMs: 100,
  outputLimit: null,
  attempts: [{ deployment: 'deployment-1', model: 'small-1' }],
  warnings: [],
  ...changes,
});

/** Mends `row` to `cost`. */
export const correction = (row: CloseRecord, cost: number, before = row.cost): JournalRecord => ({
  type: 'correction',
  call: row.call,
  at: noon + 1000,
  cost: usd(cost),
  reason: 'the invoice said so',
  row: { at: row.at, scopes: row.scopes, cost: before },
});
