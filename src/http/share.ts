import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a page may read of our answers besides their body. */
const readable = [
  'x-litellm-call-id',
  'x-litellm-model-id',
  'x-litellm-model-group',
  'x-litellm-response-cost',
  'x-litellm-key-spend',
  'x-litellm-key-max-budget',
  'x-purser-output-limit',
  'x-purser-dropped-params',
  'retry-after',
].join(', ');

/**
 * Tells the browser that a page of an allowed origin may read the answer, and answers its question beforehand.
 * True when that was the whole request. Pages of other origins are told nothing, and `guard` refuses them.
 */
export function shareWithPage(
  request: IncomingMessage,
  response: ServerResponse,
  { allowedOrigins }: { readonly allowedOrigins: readonly string[] },
): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !allowedOrigins.includes(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', readable);
  response.setHeader('vary', 'origin');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}
