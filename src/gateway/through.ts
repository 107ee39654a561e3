import type { ChatEvent, ChatRequest } from '../chat/chat.ts';
import { Failure } from '../chat/failure.ts';
import type { ClientDialect, ProviderDialect } from '../dialects/dialect.ts';
import { formatSse, sseParser, type SseFrame } from '../lib/sse.ts';
import type { Meter } from './meter.ts';
import type { Piece } from './sink.ts';
import type { Source } from './source.ts';

/** A provider's stream on its way to the client, metered as it passes. */
export interface Through {
  /** Puts what may go to the client at once into `out`. May throw a Failure after doing so. */
  push(bytes: Uint8Array, out: Piece[]): void;
  /** The provider's stream is over. Throws a Failure when it was not a good end. */
  end(out: Piece[]): void;
  /** Reads what was only passed on so far, so that the meter knows its text: for a stream that ends without usage. */
  readonly recount: () => void;
  /** Whether more has come than the frames that open every answer: until then another deployment can still serve the call. */
  readonly hasContent: boolean;
  /** Whether the last frame has come. What `closing` holds goes out once the call is in the ledger. */
  readonly ended: boolean;
  readonly closing: readonly Piece[];
}

/** Different dialects: every frame is read, and written anew. */
export function translation(
  { dialect: provider, parser }: Source,
  client: ClientDialect,
  request: ChatRequest,
  meter: Meter,
): Through {
  const read = provider.streamReader();
  const write = client.streamWriter(request);
  const closing: Piece[] = [];
  let hasContent = false;
  let ended = false;

  const take = (frames: readonly SseFrame[], out: Piece[]): void => {
    let text = '';
    try {
      for (const frame of frames) {
        for (const event of read(frame)) {
          meter.see(event);
          hasContent ||= !isOpening(event);
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
    get hasContent() {
      return hasContent;
    },
    get ended() {
      return ended;
    },
    closing,
  };
}

/** What a provider says before it has anything to say. Its heartbeats are no such thing: they tell that it takes long. */
const isOpening = (event: ChatEvent): boolean =>
  event.type === 'start' ||
  (event.type === 'part-start' &&
    (event.part.type === 'text' || event.part.type === 'reasoning') &&
    event.part.text === '');

/** One dialect on both sides: the bytes pass untouched, and only frames with one of the dialect's signs are read. */
export class Relay implements Through {
  readonly closing: Piece[] = [];
  hasContent = false;
  ended = false;
  readonly #dialect: ProviderDialect;
  readonly #meter: Meter;
  readonly #keepUsage: boolean;
  readonly #sign: RegExp;
  readonly #read: ReturnType<ProviderDialect['streamReader']>;
  readonly #kept: Keeper;
  /** The pieces of a frame whose end has not come. */
  #rest: Uint8Array[] = [];
  /** What may be the last frame, in a format that marks no end: it waits for the next one, or for the bill. */
  #held: Piece | undefined;

  /** `see` hears every event once `recount` is called, where someone wants to remember them. */
  constructor(dialect: ProviderDialect, meter: Meter, keepUsage: boolean, see?: Meter['see']) {
    this.#dialect = dialect;
    this.#meter = meter;
    this.#keepUsage = keepUsage;
    this.#sign = signOf(dialect);
    this.#read = dialect.streamReader();
    this.#kept = keeper(dialect, see === undefined ? meter.see : both(meter.see, see));
  }

  push(bytes: Uint8Array, out: Piece[]): void {
    if (bytes[bytes.length - 1] !== lineFeed && !bytes.includes(lineFeed)) {
      this.#rest.push(bytes); // a long frame in many pieces is put together once
      return;
    }
    const all = this.#rest.length === 0 ? asBuffer(bytes) : Buffer.concat([...this.#rest, bytes]);
    const end = lastFrameEnd(all);
    this.#rest = end === all.length ? [] : [all.subarray(end)];
    if (end > 0) this.#take(all.subarray(0, end), out);
  }

  end(out: Piece[]): void {
    if (this.#rest.length > 0) this.#take(Buffer.concat([...this.#rest, Buffer.from('\n\n')]), out);
    this.#rest = [];
    if (!this.#meter.finished) this.#read(endFrame).forEach(this.#meter.see);
    if (!this.#meter.finished) this.#kept.read();
    mustBeFinished(this.#meter);
    if (this.#held !== undefined) this.closing.push(this.#held);
  }

  readonly recount = (): void => this.#kept.read();

  /** Lets pass what needs no reading, as long as it may be, and takes the frames between one by one. */
  #take(whole: Buffer, out: Piece[]): void {
    this.#kept.keep(whole);
    const text = whole.toString('latin1');
    /** So far without the mark of the format. */
    let oddUntil = 0;
    for (let from = 0; from < text.length;) {
      // Azure's first frame alone is odd, so what comes before the content is always read.
      const mayPass = from >= oddUntil && this.hasContent && !this.#meter.finished;
      const [start, end] = mayPass ? frameWith(this.#sign, text, from) : [from, frameEnd(text, from)];
      if (start > from && !this.#isMarked(text.slice(from, start))) oddUntil = start;
      else {
        if (start > from) this.#pass(whole.subarray(from, start), out);
        if (end > start) this.#takeFrame(whole.subarray(start, end), out);
        from = end;
      }
    }
  }

  /** Servers either keep to the format or do not. */
  #isMarked(text: string): boolean {
    const { mark } = this.#dialect;
    return mark === undefined || text.includes(mark);
  }

  #pass(frames: Buffer, out: Piece[]): void {
    this.#letGo(out);
    out.push(frames);
  }

  #takeFrame(bytes: Buffer, out: Piece[]): void {
    const frame = onlyFrame(bytes);
    if (frame === undefined) {
      this.hasContent = true; // a heartbeat
      out.push(bytes);
      return;
    }
    for (const event of this.#read(frame)) {
      this.hasContent ||= !isOpening(event);
      if (event.type === 'finish' || event.type === 'start') this.#meter.see(event);
    }
    this.ended ||= this.#dialect.isLast(frame);
    if (!this.#keepUsage && this.#dialect.isUsageOnly?.(frame)) return;
    this.#letGo(out);
    const mended = this.#dialect.mended?.(frame) ?? frame;
    const piece = mended === frame ? bytes : formatSse(mended);
    if (this.#meter.finished || this.ended) this.closing.push(piece);
    else if (this.#dialect.mayBeLast?.(frame)) this.#held = piece;
    else out.push(piece);
  }

  #letGo(out: Piece[]): void {
    if (this.#held !== undefined) out.push(this.#held);
    this.#held = undefined;
  }
}

/** What a provider that stops without its closing frame leaves a reader to conclude from. */
const endFrame: SseFrame = { data: '[DONE]' };

function mustBeFinished(meter: Meter): void {
  if (meter.finished) return;
  throw new Failure('provider-unreachable', 'The provider ended its stream before the answer was complete.', {
    code: 'server_error', // OpenAI's word, at which clients try again
  });
}

const both =
  (first: Meter['see'], second: Meter['see']): Meter['see'] =>
  (event) => {
    first(event);
    second(event);
  };

/** Kept frames are folded into text at this size, so that a long stream holds little memory. */
const foldAt = 128 * 1024;

/** Keeps relayed bytes until it is known whether anyone has to read them. */
interface Keeper {
  keep(bytes: Buffer): void;
  read(): void;
}

function keeper(dialect: ProviderDialect, see: Meter['see']): Keeper {
  const read = dialect.streamReader();
  let kept: Buffer[] = [];
  let size = 0;
  const fold = (): void => {
    const parser = sseParser();
    const frames = kept.flatMap((bytes) => parser.push(bytes));
    kept = [];
    size = 0;
    for (const frame of frames) {
      try {
        read(frame).forEach(see);
      } catch {
        return; // an error frame: who relays it has thrown it already
      }
    }
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

/** One expression for all of a dialect's signs: five to eight times faster than looking for each in the bytes. */
function signOf(dialect: ProviderDialect): RegExp {
  let sign = signsOf.get(dialect);
  if (sign === undefined) {
    sign = new RegExp(dialect.signs.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
    signsOf.set(dialect, sign);
  }
  return sign;
}

const signsOf = new WeakMap<ProviderDialect, RegExp>();

const lineFeed = 0x0a;

/** Where the last whole frame ends; 0 when there is none. Mostly the bytes end with it. */
function lastFrameEnd(bytes: Buffer): number {
  const { length } = bytes;
  if (bytes[length - 1] === 0x0a && bytes[length - 2] === 0x0a) return length;
  const lf = bytes.lastIndexOf('\n\n');
  const crlf = bytes.lastIndexOf('\r\n\r\n');
  return Math.max(lf < 0 ? 0 : lf + 2, crlf < 0 ? 0 : crlf + 4);
}

/** Where the next frame with a sign in it begins and ends; both are the text's end when there is none. */
function frameWith(sign: RegExp, text: string, from: number): readonly [number, number] {
  sign.lastIndex = from;
  if (!sign.test(text)) return [text.length, text.length];
  const { lastIndex } = sign;
  let start = from;
  let end = frameEnd(text, start);
  while (end < lastIndex) [start, end] = [end, frameEnd(text, end)];
  return [start, end];
}

/** Where the frame ends, blank line included, that begins there. */
function frameEnd(text: string, from: number): number {
  blankLine.lastIndex = from;
  return blankLine.test(text) ? blankLine.lastIndex : text.length;
}

const blankLine = /\n\r?\n/g;

/** The frame in one frame's bytes; undefined for a comment. */
const onlyFrame = (bytes: Buffer): SseFrame | undefined => sseParser().push(bytes)[0];
