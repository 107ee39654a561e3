import { openJournal } from '../../src/ledger/journal.ts';
import { threadLedger } from '../../src/ledger/thread-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';
import { newFolder, threadOptions } from './support.ts';

ledgerContract('sql.js in its own thread', () => {
  const folder = newFolder();
  const { journal } = openJournal({ folder, after: 0 });
  const ledger = threadLedger(threadOptions(folder));
  const book = (...records: Parameters<typeof journal.append>[0][]): void => {
    ledger.apply(records.map((record) => ({ seq: journal.append(record), record })));
  };
  return Promise.resolve({ ledger, book });
});
