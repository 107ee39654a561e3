import { createRequire } from 'node:module';
import { ledgerInThisThread } from '../../src/ledger/folder-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

export const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

/** The ledger over a data folder, without a thread. */
export const ledgerInProcess = (folder: string): Ledger => ledgerInThisThread({ folder, wasm });
