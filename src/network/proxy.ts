import { BlockList, isIP } from 'node:net';

/** Variables by name; those of `.env` included. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Finds the proxy for an address, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY (in capitals or not) have it; undefined: go straight. */
export function proxyFinder(environment: Environment): (url: URL) => URL | undefined {
  const secure = addressIn(environment.https_proxy ?? environment.HTTPS_PROXY);
  const plain = addressIn(environment.http_proxy ?? environment.HTTP_PROXY);
  if (secure === undefined && plain === undefined) return () => undefined;
  const exceptions = parseExceptions(environment.no_proxy ?? environment.NO_PROXY ?? '');
  return (url) => {
    const proxy = url.protocol === 'https:' ? secure : plain;
    return proxy === undefined || isLoopback(url) || exceptions.some((matches) => matches(url)) ? undefined : proxy;
  };
}

/** The address in `text`, relative to `base` if that is given; undefined when it is none. */
export const parseUrl = (text: string, base?: URL): URL | undefined =>
  URL.canParse(text, base?.href) ? new URL(text, base) : undefined;

/** Whether the address is this machine's own: no proxy can reach what is meant by it. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d+){3}$/.test(hostname);

function addressIn(value: string | undefined): URL | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  return parseUrl(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
}

type Matcher = (url: URL) => boolean;

const parseExceptions = (list: string): readonly Matcher[] =>
  list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseException);

/** `*`, `host`, `.host`, `*.host`, each with or without a port, or a range of addresses such as `10.0.0.0/8`. */
function parseException(entry: string): Matcher {
  if (entry === '*') return () => true;
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(entry);
  if (range?.[1] !== undefined && isIP(range[1]) > 0) return inRange(range[1], Number(range[2]));
  const [, name = entry, port] = isIP(entry) === 6 ? [] : (/^(.+?):(\d+)$/.exec(entry) ?? []);
  const host = (isIP(entry) === 6 ? `[${entry}]` : name).toLowerCase().replace(/^\*?\./, '');
  return (url) =>
    (port === undefined || port === portOf(url)) && (url.hostname === host || url.hostname.endsWith(`.${host}`));
}

function inRange(address: string, prefix: number): Matcher {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (prefix > (family === 'ipv6' ? 128 : 32)) return () => false;
  const range = new BlockList();
  range.addSubnet(address, prefix, family);
  return ({ hostname }) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    return isIP(host) > 0 && range.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  };
}

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');
