import type { Provider, Target } from '../providers/provider.ts';
import type { Headers } from './sink.ts';
import type { Upstream } from '../network/upstream.ts';
import { patienceOf } from '../network/watchdog.ts';

/** A provider as it is reached with one account. */
export interface Reached {
  readonly provider: Provider;
  readonly target: Target;
  /** Those that the configuration adds. */
  readonly headers: Headers;
}

/** What it said, whatever the status. */
export interface LookedUp {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks a provider something that costs nothing. Throws a Failure where it cannot be reached or is slower than `patienceMs`. */
export async function lookUp(
  upstream: Upstream,
  { provider, target, headers }: Reached,
  url: string,
  patienceMs: number,
): Promise<LookedUp> {
  const answered = await upstream.send({
    method: 'GET',
    url,
    headers: { ...provider.headers(target), ...headers },
    signal: AbortSignal.timeout(patienceMs),
    patience: patienceOf(patienceMs),
  });
  return { status: answered.status, headers: answered.headers, text: await answered.body.text() };
}
