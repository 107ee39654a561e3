import { request } from 'node:http';
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

/** Asks a management route; with a body it is a POST. Throws a Failure in the gateway's own words. */
export function askGateway({ url, adminKey }: GatewayAccess, path: string, body?: JsonObject): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new Failure('internal', `The gateway at ${url} cannot be reached.`, { cause }));
    const asked = request(
      `${url}${path}`,
      {
        method: text === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${adminKey}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        },
        timeout: patienceMs,
      },
      (response) => {
        let said = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (said += piece));
        response.on('error', fail);
        response.on('end', () => {
          const answer = parseJson(said);
          if (response.statusCode === 200 && answer !== undefined) resolve(answer);
          else
            reject(new Failure('internal', refusalIn(answer) ?? `The gateway answered ${response.statusCode ?? 0}.`));
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${patienceMs / 1000} s`)));
    asked.on('error', fail);
    asked.end(text);
  });
}

const refusalIn = (answer: unknown): string | undefined => stringIn(objectIn(objectIn(answer)['error'])['message']);
