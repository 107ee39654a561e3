import type { IncomingMessage } from 'node:http';
import { Failure } from '../chat/failure.ts';

export interface GuardSettings {
  /** Host names besides the loopback ones (general_settings.allowed_hosts). */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call (general_settings.allowed_origins). */
  readonly allowedOrigins: readonly string[];
}

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses what only a web page or a rebinding name would send: a Host that is not ours, an Origin that is foreign or null.
 * Throws `forbidden`, naming the setting that would allow it.
 */
export function guard(request: IncomingMessage, settings: GuardSettings): void {
  const host = hostName(request.headers.host ?? '');
  if (!loopbackHosts.has(host) && !settings.allowedHosts.includes(host)) {
    throw new Failure(
      'forbidden',
      `This gateway does not answer to the host name '${host.slice(0, 100)}'. If it should, add it to general_settings.allowed_hosts.`,
      { code: 'host_not_allowed' },
    );
  }
  const origin = request.headers.origin;
  if (origin === undefined || settings.allowedOrigins.includes(origin) || isOwn(origin, request.headers.host ?? ''))
    return;
  throw new Failure(
    'forbidden',
    `Web pages of '${origin.slice(0, 100)}' may not call this gateway. If they should, add that origin to general_settings.allowed_origins.`,
    { code: 'origin_not_allowed' },
  );
}

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** Pages that this gateway serves itself (the dashboard) have its own address as their origin. */
const isOwn = (origin: string, host: string): boolean =>
  host !== '' && origin.toLowerCase() === `http://${host.toLowerCase()}`;
