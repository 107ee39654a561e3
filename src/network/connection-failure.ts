import { Failure } from '../chat/failure.ts';

/** A request under way, as far as its failure's message needs it. */
export interface Journey {
  /** The provider's host, with its port where that is not the usual one. */
  readonly host: string;
  /** The proxy's, where there is one. */
  readonly proxy: string | undefined;
  /** Whether any of the request went out. */
  readonly sent: boolean;
  /** Whether the answer had begun. */
  readonly answering: boolean;
}

/** What went wrong on the way to a provider and back, in words that name host and cause and hold nothing else of the request. */
export function connectionFailure(error: unknown, journey: Journey): Failure {
  const failure = error instanceof Failure ? error : explained(error, journey);
  if (journey.sent) return failure;
  // A copy: several calls may be stopped with one Failure, and only some of them before they were sent.
  const own = new Failure(failure.kind, failure.message, failure.details);
  unsent.add(own);
  return own;
}

/** Whether it is certain that nothing of the request reached the provider, so that it cannot be billed. */
export const neverSent = (failure: Failure): boolean => unsent.has(failure);

const unsent = new WeakSet<Failure>();

function explained(cause: unknown, journey: Journey): Failure {
  const { host } = journey;
  const code = codeOf(cause);
  // Until a tunnel stands, it is the proxy that cannot be reached.
  const peer = journey.proxy === undefined || journey.sent ? host : `the proxy ${journey.proxy}`;
  const unreachable = (message: string): Failure => new Failure('provider-unreachable', message, { cause });
  const late = (message: string): Failure => new Failure('provider-timeout', message, { cause });
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable(`Cannot reach ${host}: ${peer} refused the connection. Is it running, and is the port right?`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(`Cannot reach ${host}: there is no DNS entry for ${peer}, or no connection to the network.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(`Cannot reach ${host}: there is no way through the network to ${peer}.`);
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return late(`Cannot reach ${host}: ${peer} did not accept a connection in time.`);
    case 'UND_ERR_HEADERS_TIMEOUT':
      return late(`${host} did not begin to answer in time.`);
    case 'UND_ERR_BODY_TIMEOUT':
      return late(`${host} fell silent in the middle of its answer.`);
    case 'UND_ERR_ABORTED':
      return unreachable(proxyRefusal(cause, journey));
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return new Failure('stopping', 'The gateway is stopping.', { cause });
    case 'UND_ERR_INVALID_ARG':
      return unreachable(
        `A request to ${host} could not be written. Is there a stray character in its key or headers?`,
      );
    case 'UND_ERR_SOCKET':
      return unreachable(
        `${host} closed the connection ${journey.answering ? 'in the middle of its answer' : 'before it answered'}.`,
      );
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new Failure('provider-nonsense', `${host} answered with headers that are too long.`, { cause });
  }
  if (code.startsWith('HPE_')) return new Failure('provider-nonsense', `${host} answered, but not in HTTP.`, { cause });
  if (/CERT|SIGN|SSL|TLS|EPROTO/.test(code)) return unreachable(tlsFailure(code, host));
  const when = journey.answering ? ' in the middle of the answer' : '';
  return unreachable(`The connection to ${peer} broke${when} (${code}).`);
}

function proxyRefusal(cause: unknown, { host, proxy }: Journey): string {
  const status = /\((\d{3})\)/.exec(cause instanceof Error ? cause.message : '')?.[1] ?? 'an error';
  const advice = status === '407' ? ' It wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT.' : '';
  return `Cannot reach ${host}: the proxy ${proxy ?? ''} answered ${status} when asked to connect to it.${advice}`;
}

function tlsFailure(code: string, host: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `Cannot reach ${host}: its certificate is for another name.`;
  if (code === 'CERT_HAS_EXPIRED') return `Cannot reach ${host}: its certificate has expired.`;
  if (/SSL|EPROTO/.test(code))
    return `Cannot reach ${host}: it did not answer in TLS (${code}). Is it http, not https?`;
  return (
    `Cannot reach ${host}: its certificate is not signed by an authority known here (${code}). ` +
    "A company's own authority goes into a file that NODE_EXTRA_CA_CERTS names."
  );
}

/** The system's or undici's word for the case; of several addresses tried, the first's. */
function codeOf(error: unknown): string {
  const { code, errors, name } = (error ?? {}) as Readonly<Record<'code' | 'errors' | 'name', unknown>>;
  if (typeof code === 'string') return code;
  if (name === 'HTTPParserError') return 'HPE_UNKNOWN'; // undici has no word for some
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : 'unknown cause';
}
