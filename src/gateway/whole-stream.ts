import type { ChatAnswer, ChatRequest } from '../chat/chat.ts';
import { eventsOf } from '../chat/collect.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { formatSse } from '../lib/sse.ts';
import { beginningWith } from './first-usage.ts';
import type { Headers, Sink } from './sink.ts';

/** A stream's headers: an answer's, with what makes it a stream. */
export const streamHead = (headers: Headers): Headers => ({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  ...headers,
});

/** What a stream is made of when the answer is there as a whole. */
export interface WholeStream {
  readonly client: ClientDialect;
  readonly request: ChatRequest;
  readonly answer: ChatAnswer;
  readonly headers: Headers;
}

/** A whole answer to a client that asked for a stream. */
export function sendAsStream(sink: Sink, { client, request, answer, headers }: WholeStream): void {
  const write = beginningWith(answer.usage, client.streamWriter(request));
  sink.begin(streamHead(headers));
  sink.end(eventsOf(answer).flatMap(write).map(formatSse).join(''));
}
