import type { ServerResponse } from 'node:http';
import { chatAnswer, chatChunk, fakeProvider, usageChunk, type FakeProvider } from '../support/fake-provider.ts';

/** The ways in which a provider can fail a call, besides serving it. */
export const faults = [
  'error 500',
  'error 429',
  'reset before the head',
  'reset within the stream',
  'half a frame',
  'error event',
  'invalid JSON',
  'HTML',
] as const;

export type Manner = 'good' | 'never ending' | (typeof faults)[number];

/** The faults that come when some of the answer has reached the client. */
export const lateFaults: ReadonlySet<Manner> = new Set(['reset within the stream', 'half a frame', 'error event']);

/**
 * A request says in `user` how it wants to be served, and which it is in the provider's bill: `17 error event`. With
 * `once` a second try is served well.
 */
export const wish = (place: number, manner: Manner, once = false): string => `${place} ${manner}${once ? ' once' : ''}`;

export interface BillingProvider extends FakeProvider {
  /** What it bills for each call that it answered to the end, nano-dollars, by place. */
  readonly bill: ReadonlyMap<number, number>;
  /** How many requests have reached it. */
  readonly received: number;
}

/** Milliseconds that an answer takes, by place. */
export type Pace = (place: number) => number;

/** A provider that keeps a bill of its own, at 1,000 nano-dollars a token in and 2,000 a token out. */
export async function billingProvider(pace: Pace = () => 0): Promise<BillingProvider> {
  const bill = new Map<number, number>();
  const failed = new Set<number>();
  let received = 0;
  const provider = await fakeProvider(async ({ body, hungUp }, response) => {
    received += 1;
    provider.requests.length = 0; // a hundred thousand would be kept
    const { place, wished, once } = readWish(String(body['user']));
    const manner = once && failed.has(place) ? 'good' : wished;
    if (once) failed.add(place);
    const usage = usageOf(place);
    if (pace(place) > 0) await new Promise((go) => setTimeout(go, pace(place)));
    if (manner === 'never ending') await begin(response, hungUp);
    else if (manner !== 'good') fail(response, manner);
    else {
      bill.set(place, usage.prompt_tokens * 1000 + usage.completion_tokens * 2000);
      if (body['stream'] === true) stream(response, usage);
      else answer(response, JSON.stringify(chatAnswer('Well said. '.repeat(3), usage)));
    }
  });
  return Object.assign(provider, {
    bill,
    get received() {
      return received;
    },
  });
}

type Usage = Parameters<typeof usageChunk>[0] & object;

function usageOf(place: number): Usage {
  const [prompt, completion] = [7 + (place % 53), 1 + (place % 97)];
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function readWish(text: string): { readonly place: number; readonly wished: Manner; readonly once: boolean } {
  const [, place, wished, once] = /^(\d+) (.*?)( once)?$/.exec(text) ?? [];
  return { place: Number(place), wished: wished as Manner, once: once !== undefined };
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const first = data(chatChunk({ role: 'assistant', content: 'Well ' }));
const second = data(chatChunk({ content: 'said.' }));
const head = { 'content-type': 'text/event-stream' };

function stream(response: ServerResponse, usage: Usage): void {
  response.writeHead(200, head);
  response.write(first);
  for (let chunk = 0; chunk < 5; chunk += 1) response.write(second);
  response.end(`${data(chatChunk({}, 'stop'))}${data(usageChunk(usage))}data: [DONE]\n\n`);
}

function answer(response: ServerResponse, body: string, status = 200, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

async function begin(response: ServerResponse, hungUp: Promise<void>): Promise<void> {
  response.writeHead(200, head);
  response.write(first);
  await hungUp;
}

function fail(response: ServerResponse, manner: (typeof faults)[number]): void {
  switch (manner) {
    case 'error 500':
    case 'error 429':
      answer(response, '{"error":{"message":"Not now."}}', Number(manner.slice(-3)));
      return;
    case 'reset before the head':
      response.socket?.resetAndDestroy();
      return;
    case 'reset within the stream':
      response.writeHead(200, head);
      // The bytes must be on their way before the reset, which would overtake them.
      response.write(first, () => setTimeout(() => response.socket?.resetAndDestroy(), 5));
      return;
    case 'half a frame':
      response.writeHead(200, head);
      response.end(`${first}${second.slice(0, 40)}`);
      return;
    case 'error event':
      response.writeHead(200, head);
      response.end(`${first}${data({ error: { message: 'It broke.', type: 'server_error' } })}`);
      return;
    case 'invalid JSON':
      answer(response, '{"id": "chatcmpl-fake", "choi');
      return;
    case 'HTML':
      answer(response, '<html><body>Maintenance</body></html>', 200, 'text/html');
  }
}
