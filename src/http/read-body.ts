import type { IncomingMessage } from 'node:http';
import * as zlib from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import { Failure, invalid } from '../chat/failure.ts';
import { fieldsOf, readForm, type Form } from '../lib/form.ts';
import { isObject, parseJson, type JsonObject } from '../lib/json.ts';

/** A request's body: the bytes, decompressed, and what they say. */
export interface JsonBody {
  readonly raw: Buffer;
  readonly body: JsonObject;
}

/** Reads a JSON object of at most `limit` bytes, also after decompression. */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<JsonBody> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new Failure(
      'unsupported-media',
      `The body must be JSON with the header content-type: application/json, not ${type === '' ? 'a body without a type' : `'${type.slice(0, 80)}'`}.`,
    );
  }
  const raw = await readBytes(request, limit);
  const body = parseJson(raw.toString('utf8'));
  if (isObject(body)) return { raw, body };
  if (body === undefined)
    throw new Failure('invalid-request', `Invalid JSON payload: ${jsonFault(raw)}`, { param: 'request_body' });
  throw invalid('The body must be a JSON object.', 'request_body');
}

/** The same of a form with files, which some routes take besides. */
export async function readFormBody(request: IncomingMessage, limit: number): Promise<JsonBody & { form: Form }> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new Failure(
      'unsupported-media',
      `This route takes a file: the body must be a form with the header content-type: multipart/form-data, not ${type === '' ? 'a body without a type' : `'${type.slice(0, 80)}'`}.`,
    );
  }
  const raw = await readBytes(request, limit);
  const form = readForm(raw, type);
  if (form === undefined) throw invalid('The body is not a whole form with the boundary that its type names.');
  return { raw, form, body: fieldsOf(form) };
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return collect(decoded(request), limit);
}

function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || encoding === '') return request;
  const decoder = decoderFor(encoding);
  if (decoder === undefined) {
    throw new Failure(
      'unsupported-media',
      `This Node cannot decode content-encoding '${encoding.slice(0, 40)}'. Send the body as it is or with gzip.`,
    );
  }
  request.on('error', (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

function decoderFor(encoding: string): Transform | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return zlib.createGunzip();
  if (encoding === 'deflate') return zlib.createInflate();
  if (encoding === 'br') return zlib.createBrotliDecompress();
  // Node knows zstd from 22.15 on.
  const zstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return encoding === 'zstd' ? zstd?.() : undefined;
}

/** Events rather than async iteration: this is on every request's path. */
function collect(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    let whole = false;
    stream.on('data', (part: Buffer) => {
      size += part.length;
      parts.push(part);
      if (size > limit) {
        stream.pause();
        reject(tooLarge(limit));
      }
    });
    stream.on('end', () => {
      whole = true;
      resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    });
    stream.on('error', (error) =>
      reject(new Failure('invalid-request', `The body could not be read: ${error.message}.`, { cause: error })),
    );
    stream.on('close', () => {
      if (!whole) reject(new Failure('cancelled', 'The client went away while it was sending its request.'));
    });
  });
}

const tooLarge = (limit: number): Failure =>
  new Failure(
    'too-large',
    `The request is larger than ${Math.round(limit / 1048576)} MB (general_settings.max_request_size_mb).`,
    {
      headers: { connection: 'close' },
    },
  );

/** What JSON.parse found wrong, without echoing the body. */
function jsonFault(raw: Buffer): string {
  if (raw.length === 0) return 'the body is empty.';
  try {
    JSON.parse(raw.toString('utf8'));
    return 'unknown.';
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    if (said.startsWith('Unexpected end')) return 'it ends too early.';
    // Of a short text V8 gives no position, but the text itself.
    const place = /position \d+/.exec(said)?.[0];
    return place === undefined ? 'a character is out of place.' : `it breaks at ${place}.`;
  }
}
