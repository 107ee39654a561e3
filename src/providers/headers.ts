import type { Target } from './provider.ts';

type Headers = Readonly<Record<string, string>>;

export const bearer = (target: Target): Headers =>
  target.apiKey === undefined ? {} : { authorization: `Bearer ${target.apiKey}` };

/** The key alone, in a header of the provider's own name. */
export const keyIn =
  (name: string) =>
  (target: Target): Headers =>
    target.apiKey === undefined ? {} : { [name]: target.apiKey };
