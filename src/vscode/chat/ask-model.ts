import { request, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { Failure, type FailureKind } from '../../chat/failure.ts';
import { anthropic } from '../../dialects/anthropic/anthropic.ts';
import { readError } from '../../dialects/refusal.ts';
import { parseJson, type JsonObject } from '../../lib/json.ts';
import { sseParser, type SseFrame } from '../../lib/sse.ts';
import { answerReader, type Told } from './answer-parts.ts';

/** Where to ask, and as whom. */
export interface ModelAccess {
  readonly url: string;
  readonly key: string;
  /** The extension's version. */
  readonly version: string;
}

export interface Asked {
  readonly body: JsonObject;
  /** Hears the answer as it comes. */
  readonly tell: (told: Told) => void;
  /** What it ends is ended at the provider too. */
  readonly signal: AbortSignal;
}

/** Asks a model, and tells its answer. Throws a Failure, or what ended it. */
export async function askModel(access: ModelAccess, { body, tell, signal }: Asked): Promise<void> {
  const read = anthropic.streamReader();
  const tells = answerReader();
  let isWhole = false;
  for await (const frame of framesOf(access, body, signal))
    for (const event of read(frame)) {
      isWhole ||= event.type === 'finish';
      for (const told of tells(event)) tell(told);
    }
  if (!isWhole) throw new Failure('provider-unreachable', 'The answer broke off: the gateway ended the connection.');
}

async function* framesOf(access: ModelAccess, body: JsonObject, signal: AbortSignal): AsyncGenerator<SseFrame> {
  const response = await answerOf(access, JSON.stringify(body), signal);
  if (response.statusCode !== 200) throw refusalIn(await textOf(response), response.statusCode ?? 0);
  const parser = sseParser();
  for await (const bytes of response) yield* parser.push(bytes as Buffer);
  yield* parser.end();
}

/** No deadline of our own: the gateway has them all. */
const answerOf = ({ url, key, version }: ModelAccess, body: string, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': `PurserChat/${version}`,
    };
    const asked = request(`${url}/v1/messages`, { method: 'POST', headers, signal }, resolve);
    asked.on('error', (cause) =>
      reject(signal.aborted ? cause : new Failure('internal', `The gateway at ${url} cannot be reached.`, { cause })),
    );
    asked.end(body);
  });

function refusalIn(text: string, status: number): Failure {
  const { message, type, code } = readError(parseJson(text) ?? {});
  const kind = kindOf(status, [type, code]);
  return new Failure(kind, message === '' ? `The gateway answered ${status}.` : message);
}

function kindOf(status: number, words: readonly (string | undefined)[]): FailureKind {
  if (words.includes('budget_exceeded')) return 'budget-exceeded';
  if (words.includes('model_not_found')) return 'not-found';
  return kinds[status] ?? (status < 500 ? 'invalid-request' : 'provider-error');
}

const kinds: Readonly<Record<number, FailureKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
};

/** What the editor calls a failure, so that callers of its API know what to do; the rest has a message alone. */
export type EditorErrorName = 'NoPermissions' | 'Blocked' | 'NotFound';

export const editorErrorOf = ({ kind }: Failure): EditorErrorName | undefined => editorErrors[kind];

const editorErrors: Partial<Record<FailureKind, EditorErrorName>> = {
  unauthorized: 'NoPermissions',
  forbidden: 'NoPermissions',
  'not-found': 'NotFound',
  'budget-exceeded': 'Blocked',
  'rate-limited': 'Blocked',
  'content-policy': 'Blocked',
};
