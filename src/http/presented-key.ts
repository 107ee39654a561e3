import type { IncomingHttpHeaders } from 'node:http';

/** Where clients put their key, in LiteLLM's order: its own header, OpenAI's, Azure's, Anthropic's, Google's. */
const keyHeaders = [
  'x-litellm-api-key',
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
];

/** The key that a request presents, in a header or as `?key=`; undefined when it presents none. */
export function presentedKey(headers: IncomingHttpHeaders, url: string, ownHeader?: string): string | undefined {
  for (const name of ownHeader === undefined ? keyHeaders : [ownHeader, ...keyHeaders]) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return withoutScheme(value);
  }
  const query = url.indexOf('?');
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query + 1)).get('key') ?? undefined);
}

const withoutScheme = (value: string): string => (/^bearer /i.test(value) ? value.slice(7).trim() : value.trim());
