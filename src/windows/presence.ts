import { request } from 'node:http';
import { isObject, parseJson } from '../lib/json.ts';
import type { HolderFile } from './holder-file.ts';
import type { News } from './holder.ts';

/**
 * Stays connected to the gateway of another window and passes on what it tells. Resolves when that gateway has left or
 * died, which ends the connection at once, or when the signal aborts.
 */
export function follow(holder: HolderFile, hear: (news: News) => void, signal: AbortSignal): Promise<void> {
  const { host, port, token } = holder;
  return new Promise((resolve) => {
    const asked = request(
      { host, port, path: '/purser/presence', agent: false, headers: { authorization: `Bearer ${token}` }, signal },
      (response) => {
        response.on('close', resolve).on('error', () => undefined);
        eachLine(response.setEncoding('utf8'), (line) => {
          const news = parseJson(line);
          // Our own gateway's words: the token was good.
          if (isObject(news)) hear(news as unknown as News);
        });
      },
    );
    asked.on('error', () => resolve());
    asked.end();
  });
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
}
