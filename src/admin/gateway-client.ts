import { createWriteStream } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../chat/failure.ts';
import { objectIn, parseJson, stringIn, type JsonObject } from '../lib/json.ts';

/** Where a gateway runs, and the key to its management routes. */
export interface GatewayAccess {
  readonly url: string;
  readonly adminKey: string;
}

/** What OpenAI's clients are pointed at. */
export const baseUrlOf = ({ url }: GatewayAccess): string => `${url}/v1`;

const patienceMs = 5_000;
/** A test of a provider is a call of it. */
const patienceWithChangesMs = 60_000;
/** A replay is a whole call, which thinks for as long as it likes. */
const patienceWithCallsMs = 15 * 60_000;

/** Asks a management route; with a body it is a POST. Throws a Failure in the gateway's own words. */
export async function askGateway(access: GatewayAccess, path: string, body?: JsonObject): Promise<unknown> {
  const response = await answerOf(access, path, body);
  const answer = parseJson(
    await textOf(response).catch((cause: unknown) => Promise.reject(unreachable(access, cause))),
  );
  if (response.statusCode === 200 && answer !== undefined) return answer;
  throw refusalIn(answer, response);
}

/** Writes what a management route answers to a file, as it comes. */
export async function downloadFromGateway(access: GatewayAccess, path: string, file: string): Promise<void> {
  const response = await answerOf(access, path);
  if (response.statusCode !== 200) throw refusalIn(parseJson(await textOf(response)), response);
  await pipeline(response, createWriteStream(file));
}

function answerOf(access: GatewayAccess, path: string, body?: JsonObject): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const patience =
    text === undefined ? patienceMs : path === '/purser/replay' ? patienceWithCallsMs : patienceWithChangesMs;
  return new Promise((resolve, reject) => {
    const asked = request(
      `${access.url}${path}`,
      {
        method: text === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${access.adminKey}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        },
        timeout: patience,
      },
      resolve,
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${patience / 1000} s`)));
    asked.on('error', (cause) => reject(unreachable(access, cause)));
    asked.end(text);
  });
}

const unreachable = ({ url }: GatewayAccess, cause: unknown): Failure =>
  new Failure('internal', `The gateway at ${url} cannot be reached.`, { cause });

const refusalIn = (answer: unknown, { statusCode = 0 }: IncomingMessage): Failure =>
  new Failure(
    'internal',
    stringIn(objectIn(objectIn(answer)['error'])['message']) ?? `The gateway answered ${statusCode}.`,
    { code: stringIn(objectIn(objectIn(answer)['error'])['code']) ?? String(statusCode) },
  );
