import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TextAnswer } from '../admin/routes.ts';

/** Whether a route answers with a text; JSON cannot be iterated like that. */
export const isText = (answer: unknown): answer is TextAnswer =>
  typeof answer === 'object' &&
  answer !== null &&
  'pieces' in answer &&
  typeof answer.pieces === 'object' &&
  answer.pieces !== null &&
  Symbol.asyncIterator in answer.pieces;

/** Sends a text as it is made, no faster than the client takes it. What fails before the first piece is thrown, and can still be told. */
export async function sendText(response: ServerResponse, { type, fileName, pieces }: TextAnswer): Promise<void> {
  const source = pieces[Symbol.asyncIterator]();
  const first = await source.next();
  response.writeHead(200, {
    'content-type': type,
    ...(fileName !== undefined && { 'content-disposition': `attachment; filename="${fileName}"` }),
  });
  try {
    await pipeline(Readable.from(continued(first, source)), response);
  } catch (error) {
    // A client that goes away in the middle has nothing to be told.
    if (!isHangUp(error)) throw error;
  }
}

async function* continued(first: IteratorResult<string>, source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}

const isHangUp = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
