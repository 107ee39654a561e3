import { EventStreamCodec } from '@smithy/core/event-streams';
import type { SseFrame } from '../../src/lib/sse.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

/** One message of AWS's event stream, with these headers. */
export const awsMessage = (headers: Readonly<Record<string, string>>, payload: string): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }])),
    body: Buffer.from(payload),
  });

/** Frames as the bytes of an AWS event stream. */
export const awsWireOf = (frames: readonly SseFrame[]): Uint8Array =>
  Buffer.concat(
    frames.map(({ event = '', data }) =>
      awsMessage({ ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' }, data),
    ),
  );
