import type { Usage } from '../chat/chat.ts';
import type { NanoUsd } from '../chat/money.ts';
import { totalTokens } from '../chat/usage.ts';
import { costOf } from '../pricing/cost.ts';
import type { Asked } from './ask.ts';
import type { Attempt } from './bill.ts';
import type { Serving } from './serving.ts';
import type { Headers, Sink } from './sink.ts';

/** An answer in progress, and the headers that go before it. */
export interface Opaque {
  readonly serving: Serving;
  readonly asked: Asked;
  readonly headersOf: (cost?: NanoUsd | null) => Headers;
}

/** An answer of any type as it came: text at once with its cost, sound as it is made. Its last bytes wait for the bill. */
export async function deliverBytes(opaque: Opaque, sink: Sink): Promise<void> {
  const type = opaque.asked.answered.headers['content-type'] ?? 'application/octet-stream';
  return /^(text\/|application\/json)/i.test(type) ? deliverText(opaque, type, sink) : deliverSound(opaque, type, sink);
}

async function deliverText({ serving, asked, headersOf }: Opaque, type: string, sink: Sink): Promise<void> {
  const text = Buffer.from(await asked.answered.body.text());
  weigh(serving, asked, type, text);
  serving.bill.firstToken();
  const cost = await serving.bill.settle('done');
  sink.send(200, { 'content-type': type, ...headersOf(cost) }, text);
}

async function deliverSound({ serving, asked, headersOf }: Opaque, type: string, sink: Sink): Promise<void> {
  let held: Uint8Array | undefined;
  for await (const bytes of asked.answered.body) {
    if (!sink.begun) {
      serving.bill.firstToken();
      sink.begin({ 'content-type': type, ...headersOf() });
    }
    const wait = held && sink.write(held);
    if (wait !== undefined) await wait;
    held = bytes;
  }
  weigh(serving, asked, type, Buffer.alloc(0));
  await serving.bill.settle('done');
  if (!sink.begun) sink.begin({ 'content-type': type, ...headersOf() });
  sink.end(held);
}

/** What is known of the cost. Where neither answer nor price tells, the attempt stays as one that costs its hold. */
function weigh({ call }: Serving, { attempt, prepared }: Asked, type: string, bytes: Buffer): void {
  const usage = prepared.dialect.usageOfBytes?.(bytes, type, call.body);
  if (usage === undefined || !isPriced(usage, attempt)) return;
  attempt.stage = 'answering';
  attempt.meter.seeWhole({ id: '', model: '', parts: [], reason: 'stop', usage });
}

/** Seconds and characters tell nothing to a price by the token. */
const isPriced = (usage: Usage, { found: { price } }: Attempt): boolean =>
  price === undefined || price.free === true || totalTokens(usage) > 0 || costOf(usage, price) > 0;
