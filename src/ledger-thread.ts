import { parentPort, workerData } from 'node:worker_threads';
import type { LedgerThreadData } from './ledger/ledger-messages.ts';
import { serveLedger } from './ledger/serve-ledger.ts';

if (parentPort) serveLedger(parentPort, workerData as LedgerThreadData);
