import type { ProviderDialect } from '../dialects/dialect.ts';
import type { Call } from './call.ts';
import type { Headers } from './sink.ts';

/** Lists that both the client and the configuration may add to. */
const lists: ReadonlySet<string> = new Set(['anthropic-beta']);

/** The provider's address, with the query of a client that speaks the same format. */
export function forwardedUrl({ client, query }: Call, dialect: ProviderDialect, url: string): string {
  if (query === undefined || dialect.name !== client.name) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** The provider's headers, under those of the client's that belong to the format which both speak. */
export function forwardedHeaders({ client, forwarded }: Call, dialect: ProviderDialect, own: Headers): Headers {
  if (forwarded === undefined || dialect.name !== client.name) return own;
  const headers: Record<string, string> = { ...own };
  for (const [name, value] of Object.entries(forwarded)) {
    const before = headers[name];
    headers[name] = before !== undefined && lists.has(name) ? `${value},${before}` : value;
  }
  return headers;
}
