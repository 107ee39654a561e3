import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty where it is no JSON. */
  readonly body: Record<string, unknown>;
  readonly raw: Buffer;
  /** Resolves when the caller has hung up before the answer was whole. */
  readonly hungUp: Promise<void>;
}

/** How the fake provider answers one request: it has the response in hand and may do with it what it likes. */
export type Script = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

export interface FakeProvider {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** How it answers from now on. */
  plays(script: Script): void;
  close(): Promise<void>;
}

/** A provider on loopback that does what a test tells it. */
export async function fakeProvider(script: Script = json(200, chatAnswer('Hi.'))): Promise<FakeProvider> {
  const requests: ReceivedRequest[] = [];
  let current = script;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts);
      const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
      const hungUp = new Promise<void>((resolve) => response.on('close', () => response.writableFinished || resolve()));
      const received: ReceivedRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: raw.length === 0 || isForm ? {} : (JSON.parse(raw.toString('utf8')) as Record<string, unknown>),
        raw,
        hungUp,
      };
      requests.push(received);
      void current(received, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    plays(next) {
      current = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Streams these server-sent events' data and ends in good order. */
export const events =
  (...data: readonly unknown[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of data) response.write(`data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`);
    response.end();
  };

/** Streams these events and then breaks the connection. */
export const eventsThenBreak =
  (...data: readonly unknown[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const one of data) response.write(`data: ${JSON.stringify(one)}\n\n`);
    // The bytes must be on their way before the reset, which would overtake them.
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  };

/** A whole chat answer as OpenAI gives it. */
export const chatAnswer = (
  content: string,
  usage: object = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
) => ({
  id: 'chatcmpl-fake',
  object: 'chat.completion',
  created: 1700000000,
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
});

/** One chunk of a streamed chat answer as OpenAI gives it. */
export const chatChunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-fake',
  object: 'chat.completion.chunk',
  created: 1700000000,
  model: 'gpt-4o-2024-08-06',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

/** The usage chunk that OpenAI sends last when asked for usage. */
export const usageChunk = (usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }) => ({
  ...chatChunk({}),
  choices: [],
  usage,
});

/** A whole streamed text answer: role, the texts, finish, usage, the end. */
export const chatStream = (...texts: readonly string[]): Script =>
  events(
    chatChunk({ role: 'assistant', content: '' }),
    ...texts.map((content) => chatChunk({ content })),
    chatChunk({}, 'stop'),
    usageChunk(),
    '[DONE]',
  );
