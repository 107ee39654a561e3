import type { IncomingMessage } from 'node:http';

const projects = new WeakMap<IncomingMessage, string>();

/** Takes `/p/<project>` off the address, so that every route is also there under a project's name, and remembers it. */
export function stripProject(request: IncomingMessage): void {
  const { url } = request;
  if (url?.startsWith('/p/') !== true) return;
  const [prefix, name = ''] = /^\/p\/([^/?]+)(?=\/)/.exec(url) ?? [];
  if (prefix === undefined) return;
  request.url = url.slice(prefix.length);
  projects.set(request, decoded(name));
}

/** The project that the address named. */
export const projectInPath = (request: IncomingMessage): string | undefined => projects.get(request);

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
