import type { MessagePort } from 'node:worker_threads';
import { type Encode, type Encoding, textCounter } from './count.ts';
import type { CountAsk, CountReply } from './thread-counter.ts';

/** The token thread's side: answers each ask, and loads an encoding when it is first asked for. */
export function serveCounts(port: MessagePort, load: (encoding: Encoding) => Promise<Encode>): void {
  const counters = new Map<Encoding, Promise<(text: string) => number>>();
  const counterFor = (encoding: Encoding): Promise<(text: string) => number> => {
    const counter = counters.get(encoding) ?? load(encoding).then((encode) => textCounter(encode));
    counters.set(encoding, counter);
    return counter;
  };
  const answer = async ({ id, encoding, texts }: CountAsk): Promise<CountReply> => {
    try {
      const count = await counterFor(encoding);
      return { id, tokens: texts.reduce((sum, text) => sum + count(text), 0) };
    } catch (error) {
      counters.delete(encoding); // a later ask may load it
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  port.on('message', (ask: CountAsk) => void answer(ask).then((reply) => port.postMessage(reply)));
}
