import type { ChatRequest } from '../chat/chat.ts';
import { Failure } from '../chat/failure.ts';
import type { ClientDialect, ProviderDialect } from '../dialects/dialect.ts';
import { formatSse, lineParser, sseParser, type FrameParser, type SseFrame } from '../lib/sse.ts';
import type { Meter } from './meter.ts';
import type { Piece } from './sink.ts';

/** A provider's stream on its way to the client, metered as it passes. */
export interface Through {
  /** Puts what may go to the client at once into `out`. May throw a Failure after doing so. */
  push(bytes: Uint8Array, out: Piece[]): void;
  /** The provider's stream is over. Throws a Failure when it was not a good end. */
  end(out: Piece[]): void;
  /** Reads what was only passed on so far, so that the meter knows its text: for a stream that ends without usage. */
  recount(): void;
  /** Whether the last frame has come. What `closing` holds goes out once the call is in the ledger. */
  readonly ended: boolean;
  readonly closing: readonly Piece[];
}

/** Different dialects: every frame is read, and written anew. */
export function translation(provider: ProviderDialect, client: ClientDialect, request: ChatRequest, meter: Meter): Through {
  const parser = parserFor(provider);
  const read = provider.streamReader();
  const write = client.streamWriter(request);
  const closing: Piece[] = [];
  let ended = false;

  const take = (frames: readonly SseFrame[], out: Piece[]): void => {
    let text = '';
    try {
      for (const frame of frames) {
        for (const event of read(frame)) {
          meter.see(event);
          for (const written of write(event)) {
            if (meter.finished) closing.push(formatSse(written));
            else text += formatSse(written);
          }
        }
        ended ||= provider.isLast(frame);
      }
    } finally {
      if (text !== '') out.push(text);
    }
  };
  return {
    push: (bytes, out) => take(parser.push(bytes), out),
    end(out) {
      take(parser.end(), out);
      if (!ended && !meter.finished) take([endFrame], out);
      mustBeFinished(meter);
    },
    recount() {
      // Every frame has been read already.
    },
    get ended() {
      return ended;
    },
    closing,
  };
}

/** One dialect on both sides: the bytes pass untouched, and only frames with one of the dialect's signs are read. */
export function relay(dialect: ProviderDialect, meter: Meter, keepUsage: boolean): Through {
  const signs = dialect.signs.map((sign) => Buffer.from(sign));
  const seen = keeper(dialect, meter);
  const read = dialect.streamReader();
  const closing: Piece[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;

  const readFrame = (bytes: Buffer, out: Piece[]): void => {
    const frame = onlyFrame(bytes);
    if (frame === undefined) return void out.push(bytes);
    for (const event of read(frame)) if (event.type === 'finish' || event.type === 'start') meter.see(event);
    ended ||= dialect.isLast(frame);
    if (!keepUsage && dialect.isUsageOnly?.(frame)) return;
    if (meter.finished || ended) closing.push(bytes);
    else out.push(bytes);
  };
  const take = (whole: Buffer, out: Piece[]): void => {
    seen.keep(whole);
    if (!meter.finished && !signs.some((sign) => whole.includes(sign))) return void out.push(whole);
    for (const bytes of framesOf(whole)) readFrame(bytes, out);
  };
  return {
    push(bytes, out) {
      const all = rest.length === 0 ? asBuffer(bytes) : Buffer.concat([rest, bytes]);
      const end = lastFrameEnd(all);
      rest = all.subarray(end);
      if (end > 0) take(all.subarray(0, end), out);
    },
    end(out) {
      if (rest.length > 0) take(Buffer.concat([rest, Buffer.from('\n\n')]), out);
      rest = Buffer.alloc(0);
      if (!meter.finished) read(endFrame).forEach(meter.see);
      if (!meter.finished) seen.read();
      mustBeFinished(meter);
    },
    recount: () => seen.read(),
    get ended() {
      return ended;
    },
    closing,
  };
}

/** What a provider that stops without its closing frame leaves a reader to conclude from. */
const endFrame: SseFrame = { data: '[DONE]' };

function parserFor(provider: ProviderDialect): FrameParser {
  switch (provider.framing) {
    case 'sse':
      return sseParser();
    case 'ndjson':
      return lineParser();
    case 'aws-event-stream':
      throw new Failure('internal', 'AWS event streams are not read yet.');
  }
}

function mustBeFinished(meter: Meter): void {
  if (meter.finished) return;
  throw new Failure('provider-unreachable', 'The provider ended its stream before the answer was complete.', {
    code: 'stream_cut_short',
  });
}

/** Kept frames are folded into text at this size, so that a long stream holds little memory. */
const foldAt = 128 * 1024;

/** Keeps relayed bytes until it is known whether anyone has to read them. */
function keeper(dialect: ProviderDialect, meter: Meter) {
  const read = dialect.streamReader();
  let kept: Buffer[] = [];
  let size = 0;
  const fold = (): void => {
    const parser = sseParser();
    const frames = kept.flatMap((bytes) => parser.push(bytes));
    kept = [];
    size = 0;
    for (const frame of frames) read(frame).forEach(meter.see);
  };
  return {
    keep(bytes: Buffer): void {
      kept.push(bytes);
      size += bytes.length;
      if (size > foldAt) fold();
    },
    read: fold,
  };
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Where the last whole frame ends; 0 when there is none. */
function lastFrameEnd(bytes: Buffer): number {
  const lf = bytes.lastIndexOf('\n\n');
  const crlf = bytes.lastIndexOf('\r\n\r\n');
  return Math.max(lf < 0 ? 0 : lf + 2, crlf < 0 ? 0 : crlf + 4);
}

/** The frames in bytes that hold whole frames only, blank line included. */
function* framesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const lf = bytes.indexOf('\n\n', from);
    const crlf = bytes.indexOf('\r\n\r\n', from);
    const end = lf < 0 && crlf < 0 ? bytes.length : lf >= 0 && (crlf < 0 || lf < crlf) ? lf + 2 : crlf + 4;
    yield bytes.subarray(from, end);
    from = end;
  }
}

/** The frame in one frame's bytes; undefined for a comment. */
const onlyFrame = (bytes: Buffer): SseFrame | undefined => sseParser().push(bytes)[0];
