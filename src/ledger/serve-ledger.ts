import type { MessagePort } from 'node:worker_threads';
import { giveBackMemory } from '../lib/memory.ts';
import { openFolderLedger } from './folder-ledger.ts';
import type { FolderLedger } from './folder-ledger.ts';
import { sentFailure } from './ledger-messages.ts';
import type { LedgerAsk, LedgerReply, LedgerThreadData } from './ledger-messages.ts';

/** The ledger thread's side: answers one ask after another, with the folder's ledger opened at the first. */
export function serveLedger(port: MessagePort, data: LedgerThreadData): void {
  const send = (reply: LedgerReply): void => port.postMessage(reply);
  let opening: Promise<FolderLedger> | undefined;
  let turn = Promise.resolve();

  const open = async (): Promise<FolderLedger> => {
    try {
      return await openFolderLedger(data);
    } catch (error) {
      opening = undefined; // the next ask tries again
      throw error;
    } finally {
      setImmediate(giveBackMemory); // the snapshot was there twice
    }
  };
  const answer = async (ask: LedgerAsk): Promise<void> => {
    try {
      const opened = await (opening ??= open());
      await opened.catchUp(ask.upTo);
      for (const sentence of opened.report.splice(0)) send({ type: 'report', sentence });
      send({ type: 'result', id: ask.id, result: await resultOf(opened, ask) });
      if (ask.method === 'snapshot') setImmediate(giveBackMemory);
    } catch (error) {
      send({ type: 'failure', id: ask.id, failure: sentFailure(error) });
    }
  };
  port.on('message', (ask: LedgerAsk) => {
    turn = turn.then(() => answer(ask));
  });
}

const resultOf = ({ ledger }: FolderLedger, { method, params }: LedgerAsk) =>
  // The type of `params` follows from `method`, which the compiler cannot see through a union.
  (ledger[method] as (...params: readonly unknown[]) => ReturnType<(typeof ledger)[typeof method]>)(...params);
