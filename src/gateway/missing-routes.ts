import type { Failure } from '../chat/failure.ts';
import type { Clock } from '../lib/time.ts';

/** Routes that servers were found not to have: many speak OpenAI's chat format and not its Responses. */
export interface MissingRoutes {
  has(url: string): boolean;
  add(url: string): void;
}

/** Servers learn: after an hour they are asked again. */
const keptMs = 60 * 60_000;

export function missingRoutes(clock: Clock): MissingRoutes {
  const until = new Map<string, number>();
  return {
    has: (url) => (until.get(url) ?? 0) > clock.now(),
    add: (url) => until.set(url, clock.now() + keptMs),
  };
}

/** Whether a server refused because the route is not there, and not for want of a model or of something it was to keep. */
export const isRouteMissing = ({ kind, status, message }: Failure): boolean =>
  (status === 404 || status === 405) && kind !== 'not-found' && !/model|deployment/i.test(message);
