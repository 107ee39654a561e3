import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { spoken, wordsOf, type Words } from './provider-words.ts';
import type { ProviderName } from './recorded-provider.ts';

/** One request, and the bare connection that it came over. */
interface Asked {
  readonly socket: Socket;
  readonly words: Words;
  /** Whether a stream is wanted. */
  readonly streams: boolean;
  /** Where redirects point to. */
  readonly elsewhere: string;
  /** Bytes of a body that is too large. */
  readonly hugeBytes: number;
}

type Play = (asked: Asked) => void;

/** How the client hears of it: with an answer, with an error instead of one, or with an end before its time. */
export type Outcome = 'answer' | 'cut' | { readonly status: number };

export interface Fault {
  readonly play: Play;
  readonly whole: Outcome;
  readonly stream: Outcome;
  /** What the client reads of the cause. */
  readonly says: RegExp;
  /** The provider refused or was never reached, so that it bills nothing. */
  readonly free?: true;
  /** The request itself is at fault, so that nothing else is asked. */
  readonly final?: true;
  /** The provider goes on, or is silent, until it is given up. */
  readonly isSlow?: true;
  /** Its connection is of no use any more. */
  readonly ruins?: true;
}

const crlf = '\r\n';
type Fields = Readonly<Record<string, string | number>>;

const head = (status: number, fields: Fields): string =>
  [
    `HTTP/1.1 ${status} Some reason`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join(crlf);
const chunked = (bytes: Uint8Array | string): Buffer =>
  Buffer.concat([
    Buffer.from(`${Buffer.byteLength(bytes).toString(16)}${crlf}`),
    Buffer.from(bytes),
    Buffer.from(crlf),
  ]);
const lastChunk = `0${crlf}${crlf}`;

/** Until what was sent has been read, milliseconds: a reset would overtake it. */
const readMs = 50;

const reset = (socket: Socket): void => void setTimeout(() => socket.resetAndDestroy(), readMs);

const jsonHead = (fields: Fields, status = 200): string =>
  head(status, { 'content-type': 'application/json', ...fields });
const streamHead = ({ words }: Asked, fields: Fields = {}): string =>
  head(200, { 'content-type': words.streamType, 'transfer-encoding': 'chunked', ...fields });

const bodyOf = ({ words, streams }: Asked): Buffer =>
  streams ? Buffer.concat(words.frames) : Buffer.from(JSON.stringify(words.whole));
const headFor = (asked: Asked, fields: Fields): string =>
  asked.streams ? head(200, { 'content-type': asked.words.streamType, ...fields }) : jsonHead(fields);

/** What comes before the answer breaks: half of a whole one, or a stream's first content. */
function begin(asked: Asked, more: Uint8Array | string = ''): void {
  const { socket, words, streams } = asked;
  const all = bodyOf(asked);
  socket.write(streams ? streamHead(asked) : jsonHead({ 'transfer-encoding': 'chunked' }));
  socket.write(chunked(streams ? Buffer.concat(words.frames.slice(0, words.begun)) : all.subarray(0, all.length / 2)));
  if (streams && more.length > 0) socket.write(chunked(more));
}

const halfFrame = ({ words }: Asked): Uint8Array => {
  const next = words.frames[words.begun] ?? new Uint8Array();
  return next.subarray(0, next.length / 2);
};

const whole = (socket: Socket, status: number, body: string | Uint8Array, fields: Fields = {}): void =>
  void socket.write(
    Buffer.concat([
      Buffer.from(jsonHead({ 'content-length': Buffer.byteLength(body), ...fields }, status)),
      Buffer.from(body),
    ]),
  );

const refusal =
  (status: number, message: string, code?: string, fields: Fields = {}): Play =>
  ({ socket, words }) =>
    whole(socket, status, JSON.stringify(words.refusal(status, message, code)), fields);

/** One byte at a time, each in a packet of its own. */
async function drip(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    await new Promise((go) => socket.write(Uint8Array.of(byte), go));
    await new Promise(setImmediate);
  }
}

/** Writes until so many bytes are out or nobody reads any more. */
async function pour(socket: Socket, piece: Uint8Array, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
    await new Promise(setImmediate);
  }
}

const redirect =
  (status: number): Play =>
  ({ socket, elsewhere }) =>
    void socket.write(head(status, { location: `${elsewhere}/v1/chat/completions`, 'content-length': 0 }));

const refused = (status: number): Pick<Fault, 'whole' | 'stream'> => ({ whole: { status }, stream: { status } });

const brokenOff = /not a JSON object|not JSON|before the answer was complete|no AWS event stream/;

export const faults = {
  'refuses the connection': { play: () => undefined, ...refused(502), says: /refused the connection/, free: true },
  'resets on accepting': { play: () => undefined, ...refused(502), says: /connection to \S+ broke/ },
  'resets after the request': {
    play: ({ socket }) => void socket.resetAndDestroy(),
    ...refused(502),
    ruins: true,
    says: /connection to \S+ broke/,
  },
  'closes after the request': {
    play: ({ socket }) => void socket.end(),
    ...refused(502),
    ruins: true,
    says: /closed the connection before it answered/,
  },
  'stalls before the head': {
    play: () => undefined,
    ...refused(504),
    says: /did not (begin to answer|end its answer) within/,
    isSlow: true,
    ruins: true,
  },
  'stalls in the head': {
    play: ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\ncontent-ty'),
    ...refused(504),
    says: /did not (begin to answer|end its answer) within/,
    isSlow: true,
    ruins: true,
  },
  'stalls after the head': {
    play: (asked) => void asked.socket.write(asked.streams ? streamHead(asked) : jsonHead({ 'content-length': 1000 })),
    ...refused(504),
    says: /did not (begin to answer|end its answer) within|fell silent/,
    isSlow: true,
    ruins: true,
  },
  'stalls in the middle': {
    play: (asked) => begin(asked),
    whole: { status: 504 },
    stream: 'cut',
    says: /fell silent|did not end its answer within/,
    isSlow: true,
    ruins: true,
  },
  'ends in the middle, in good order': {
    play(asked) {
      begin(asked);
      asked.socket.write(lastChunk);
    },
    whole: { status: 502 },
    stream: 'cut',
    says: /not a JSON object|before the answer was complete/,
  },
  'ends within a frame': {
    play(asked) {
      begin(asked, halfFrame(asked));
      asked.socket.write(lastChunk);
    },
    whole: { status: 502 },
    stream: 'cut',
    says: brokenOff,
  },
  'resets within a frame': {
    play(asked) {
      begin(asked, halfFrame(asked));
      reset(asked.socket);
    },
    whole: { status: 502 },
    stream: 'cut',
    ruins: true,
    says: /in the middle of (the|its) answer/,
  },
  'closes within a frame': {
    play(asked) {
      begin(asked, halfFrame(asked));
      asked.socket.end();
    },
    whole: { status: 502 },
    stream: 'cut',
    ruins: true,
    says: /in the middle of (the|its) answer/,
  },
  'answers in HTML': {
    play: ({ socket }) => whole(socket, 200, '<html><body>Welcome</body></html>', { 'content-type': 'text/html' }),
    ...refused(502),
    says: /web page/,
  },
  'answers in plain text': {
    play: ({ socket }) => whole(socket, 200, 'All systems go.', { 'content-type': 'text/plain' }),
    ...refused(502),
    says: brokenOff,
  },
  'answers with an error': {
    play: ({ socket, words }) => whole(socket, 200, JSON.stringify(words.error)),
    ...refused(500),
    says: /The model broke down/,
  },
  'begins with an error': {
    play(asked) {
      const { socket, words, streams } = asked;
      if (!streams) whole(socket, 200, JSON.stringify(words.error));
      else
        socket.write(
          Buffer.concat([Buffer.from(streamHead(asked)), chunked(words.errorFrame), Buffer.from(lastChunk)]),
        );
    },
    ...refused(500),
    says: /The model broke down/,
  },
  'says an error in the middle': {
    play(asked) {
      if (!asked.streams) {
        whole(asked.socket, 200, JSON.stringify(asked.words.error));
        return;
      }
      begin(asked, asked.words.errorFrame);
      asked.socket.write(lastChunk);
    },
    whole: { status: 500 },
    stream: 'cut',
    says: /The model broke down/,
  },
  'is full': {
    play: refusal(429, 'Slow down.', 'rate_limit_exceeded'),
    ...refused(429),
    says: /Slow down/,
    free: true,
  },
  'is full for a while': {
    play: refusal(429, 'Slow down.', 'rate_limit_exceeded', { 'retry-after': 7 }),
    ...refused(429),
    says: /Slow down/,
    free: true,
  },
  'is overloaded (529)': { play: refusal(529, 'Overloaded.'), ...refused(529), says: /Overloaded/, free: true },
  'is overloaded (503)': { play: refusal(503, 'Overloaded.'), ...refused(503), says: /Overloaded/, free: true },
  'breaks in HTML': {
    play: ({ socket }) => whole(socket, 500, '<html><h1>Bad Gateway</h1></html>', { 'content-type': 'text/html' }),
    ...refused(500),
    says: /500|Bad Gateway/,
    free: true,
  },
  'refuses the key': {
    play: refusal(401, 'Who are you?', 'invalid_api_key'),
    ...refused(401),
    says: /account \S+/,
    free: true,
  },
  'wants to be paid': { play: refusal(402, 'Insufficient balance.'), ...refused(400), says: /account \S+/, free: true },
  'lacks the model': {
    play: refusal(404, 'There is no such model.'),
    ...refused(404),
    says: /no such model/,
    free: true,
  },
  'blames the request': {
    play: refusal(400, 'That is no role.', 'invalid_value'),
    ...refused(400),
    says: /That is no role/,
    free: true,
    final: true,
  },
  'finds the prompt too long': {
    play: refusal(400, 'The prompt is too long: it exceeds the maximum number of tokens.', 'context_length_exceeded'),
    ...refused(400),
    says: /too long/,
    free: true,
    final: true,
  },
  'finds the prompt improper': {
    play: refusal(400, 'The prompt was flagged by the content filter.', 'content_filter'),
    ...refused(400),
    says: /flagged/,
    free: true,
    final: true,
  },
  'answers in broken UTF-8': {
    play(asked) {
      const body = Buffer.from(bodyOf(asked));
      // Bedrock's frames carry checksums, which other bytes would not fit.
      const isSealed = asked.words.streamType.includes('amazon') && asked.streams;
      const last = spoken.length - 1;
      for (let at = isSealed ? -1 : body.indexOf(spoken); at >= 0; at = body.indexOf(spoken, at))
        body[at + last] = 0xff;
      asked.socket.write(Buffer.concat([Buffer.from(headFor(asked, { 'content-length': body.length })), body]));
    },
    whole: 'answer',
    stream: 'answer',
    says: /./,
  },
  'cuts its JSON': {
    play(asked) {
      const { socket, words, streams } = asked;
      if (!streams) {
        whole(socket, 200, JSON.stringify(words.whole).slice(0, -9));
        return;
      }
      const broken = words.streamType.includes('ndjson') ? '{"message": {"content\n' : 'data: {"choices": [{"delta\n\n';
      begin(asked);
      // What came before is read by itself.
      setTimeout(() => socket.write(Buffer.concat([chunked(broken), Buffer.from(lastChunk)])), readMs);
    },
    whole: { status: 502 },
    stream: 'cut',
    says: brokenOff,
  },
  'answers nothing': {
    play: (asked) => void asked.socket.write(headFor(asked, { 'content-length': 0 })),
    ...refused(502),
    says: /empty body|before the answer was complete/,
  },
  'answers far too much': {
    play(asked) {
      const { socket, hugeBytes } = asked;
      socket.write(headFor(asked, { 'content-length': hugeBytes }));
      void pour(socket, Buffer.alloc(64 * 1024, 'x'), hugeBytes);
    },
    ...refused(502),
    ruins: true,
    says: /more than 64 MB|32 MB of a stream|no AWS event stream|not a JSON object|before the answer was complete/,
  },
  'drips its head': {
    play(asked) {
      const body = bodyOf(asked);
      const { socket } = asked;
      void drip(socket, Buffer.from(headFor(asked, { 'content-length': body.length }))).then(() => socket.write(body));
    },
    whole: 'answer',
    stream: 'answer',
    says: /./,
  },
  'drips its body': {
    play(asked) {
      const body = bodyOf(asked);
      asked.socket.write(headFor(asked, { 'content-length': body.length }));
      void drip(asked.socket, body);
    },
    whole: 'answer',
    stream: 'answer',
    says: /./,
  },
  'redirects for good': { play: redirect(301), ...refused(502), says: /redirect to/ },
  'redirects for now': { play: redirect(307), ...refused(502), says: /redirect to/ },
  'closes twice': {
    play(asked) {
      const { socket, words, streams } = asked;
      const body = streams
        ? Buffer.concat([...words.frames, ...words.frames.slice(-1), ...words.frames.slice(-1)])
        : bodyOf(asked);
      socket.write(Buffer.concat([Buffer.from(headFor(asked, { 'content-length': body.length })), body]));
    },
    whole: 'answer',
    stream: 'answer',
    says: /./,
  },
  'never ends': {
    play(asked) {
      begin(asked);
      const piece = asked.streams ? (asked.words.frames[asked.words.begun - 1] ?? '') : ' ';
      const again = setInterval(() => asked.socket.write(chunked(piece)), 20);
      asked.socket.on('close', () => clearInterval(again));
    },
    whole: { status: 504 },
    stream: 'cut',
    says: /did not end its answer within/,
    isSlow: true,
    ruins: true,
  },
  'breaks its chunks': {
    play(asked) {
      begin(asked);
      asked.socket.write('no size\r\nand no end');
    },
    whole: { status: 502 },
    stream: 'cut',
    ruins: true,
    says: /not in HTTP|broke/,
  },
  'promises more than it sends': {
    play(asked) {
      const all = bodyOf(asked);
      const cut = asked.streams ? Buffer.concat(asked.words.frames.slice(0, asked.words.begun)) : all;
      asked.socket.write(Buffer.concat([Buffer.from(headFor(asked, { 'content-length': all.length + 10 })), cut]));
      asked.socket.end();
    },
    whole: { status: 502 },
    stream: 'cut',
    ruins: true,
    says: /in the middle of (the|its) answer/,
  },
  'sends more than it promises': {
    play(asked) {
      const all = bodyOf(asked);
      const { words, streams } = asked;
      const length = streams ? Buffer.concat(words.frames.slice(0, words.begun)).length : all.length - 9;
      asked.socket.write(Buffer.concat([Buffer.from(headFor(asked, { 'content-length': length })), all]));
    },
    whole: { status: 502 },
    stream: 'cut',
    ruins: true,
    says: /not a JSON object|before the answer was complete|broke|not in HTTP/,
  },
  'packs its answer': {
    play(asked) {
      const packed = gzipSync(bodyOf(asked));
      const fields = { 'content-encoding': 'gzip', 'content-length': packed.length };
      asked.socket.write(Buffer.concat([Buffer.from(headFor(asked, fields)), packed]));
    },
    ...refused(502),
    says: /in gzip/,
  },
  'speaks no HTTP': {
    play: ({ socket }) => void socket.end('220 mail.test ESMTP\r\n'),
    ...refused(502),
    ruins: true,
    says: /not in HTTP/,
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly FaultName[];

export interface FaultyProvider {
  /** Where a deployment with this format has this fault; `good` has none. */
  readonly base: (fault: FaultName | 'good', name: ProviderName) => string;
  /** Connections that are open although their last answer has ruined them. */
  readonly ruined: () => number;
  readonly open: () => number;
  /** Requests that were sent to where a redirect pointed. */
  readonly astray: () => number;
  readonly close: () => Promise<void>;
}

const placeOf = (fault: string, name: string): string => `/${encodeURIComponent(fault)}/${name}`;

/** Serves every format on bare sockets, with the fault that the path names. */
export async function faultyProvider(hugeBytes: number): Promise<FaultyProvider> {
  const sockets = new Set<Socket>();
  const lastFault = new WeakMap<Socket, FaultName | 'good'>();
  let astray = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      const request = requestIn(rest);
      if (request === undefined) return;
      rest = rest.subarray(request.length);
      lastFault.set(socket, request.fault);
      serve(socket, request);
    });
  });
  const trap = createServer((socket) => {
    astray += 1;
    socket.destroy();
  });
  const resetting = createServer((socket) => void socket.resetAndDestroy());
  const closed = createServer();
  const [port, trapPort, resetPort, closedPort] = [
    await listening(server),
    await listening(trap),
    await listening(resetting),
    await listening(closed),
  ];
  closed.close();

  const serve = (socket: Socket, { fault, name, streams }: Request): void => {
    const words = wordsOf[name];
    const asked = { socket, words, streams, elsewhere: `http://127.0.0.1:${trapPort}`, hugeBytes };
    if (fault !== 'good') {
      faults[fault].play(asked);
      return;
    }
    const body = bodyOf(asked);
    socket.write(Buffer.concat([Buffer.from(headFor(asked, { 'content-length': body.length })), body]));
  };
  const ports: Partial<Record<FaultName | 'good', number>> = {
    'refuses the connection': closedPort,
    'resets on accepting': resetPort,
  };
  return {
    base: (fault, name) => `http://127.0.0.1:${ports[fault] ?? port}${placeOf(fault, name)}`,
    ruined: () => [...sockets].filter((socket) => isRuinous(lastFault.get(socket))).length,
    open: () => sockets.size,
    astray: () => astray,
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const one of [server, trap, resetting]) {
        one.close();
        await once(one, 'close');
      }
    },
  };
}

function isRuinous(fault: FaultName | 'good' | undefined): boolean {
  if (fault === undefined || fault === 'good') return false;
  const { ruins }: Fault = faults[fault];
  return ruins === true;
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Request {
  readonly fault: FaultName | 'good';
  readonly name: ProviderName;
  readonly streams: boolean;
  /** Bytes of it, head and body. */
  readonly length: number;
}

/** The request that the bytes begin with; undefined until it is whole. */
function requestIn(bytes: Buffer): Request | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const lines = bytes.toString('latin1', 0, end);
  const length = end + 4 + Number(/content-length: (\d+)/i.exec(lines)?.[1] ?? 0);
  if (bytes.length < length) return undefined;
  const [, fault = '', name = '', path = ''] = /^POST \/([^/]+)\/([^/]+)(\S*)/.exec(lines) ?? [];
  const streams = /stream/i.test(path) || /"stream":\s*true/.test(bytes.toString('latin1', end, length));
  return { fault: decodeURIComponent(fault) as FaultName, name: name as ProviderName, streams, length };
}
