import { EventStreamCodec } from '@smithy/core/event-streams';
import { Failure } from '../chat/failure.ts';
import type { FrameParser, SseFrame } from '../lib/sse.ts';

/** Every message begins with its whole length in bytes, which count themselves. */
const lengthBytes = 4;
/** AWS's largest message, bytes; more is no length but something else's first bytes. */
const largest = 24 * 1024 * 1024;

/**
 * Cuts AWS's binary event stream into frames: `event` is the type of the event or exception, `data` the payload
 * (https://smithy.io/2.0/aws/amazon-eventstream.html). The codec checks both checksums of a message.
 */
export function awsEventStreamParser(): FrameParser {
  const codec = new EventStreamCodec(textOf, (text) => Buffer.from(text));
  let rest: Uint8Array[] = [];
  let size = 0;
  let needed = lengthBytes;
  return {
    push(bytes) {
      rest.push(bytes);
      size += bytes.length;
      // A long message in many pieces is put together once.
      if (size < needed) return [];
      const all = Buffer.concat(rest);
      const frames: SseFrame[] = [];
      let from = 0;
      let length = lengthAt(all, from);
      for (; from + length <= all.length; length = lengthAt(all, from)) {
        frames.push(frameOf(codec, all.subarray(from, from + length)));
        from += length;
      }
      rest = [all.subarray(from)];
      size = all.length - from;
      needed = Number.isFinite(length) ? length : lengthBytes;
      return frames;
    },
    end: () => [], // half a message is none
  };
}

const textOf = (bytes: Uint8Array | string): string =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();

/** The length of the message that begins there; endless while it is not known. */
function lengthAt(bytes: Buffer, from: number): number {
  if (bytes.length - from < lengthBytes) return Infinity;
  const length = bytes.readUInt32BE(from);
  if (length < 16 || length > largest) throw nonsense();
  return length;
}

function frameOf(codec: EventStreamCodec, bytes: Buffer): SseFrame {
  const { headers, body } = decoded(codec, bytes);
  const text = (name: string): string => String(headers[name]?.value ?? '');
  switch (text(':message-type')) {
    case 'exception':
      return { event: text(':exception-type'), data: textOf(body) };
    case 'error': // of the transport: it has no payload
      return {
        event: 'exception',
        data: JSON.stringify({ message: `${text(':error-code')}: ${text(':error-message')}` }),
      };
    default:
      return { event: text(':event-type'), data: textOf(body) };
  }
}

function decoded(codec: EventStreamCodec, bytes: Buffer): ReturnType<EventStreamCodec['decode']> {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw nonsense(error);
  }
}

const nonsense = (cause?: unknown): Failure =>
  new Failure('provider-nonsense', 'The provider sent bytes that are no AWS event stream.', { cause });
