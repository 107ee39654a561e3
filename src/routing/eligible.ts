/** What decides whether a deployment is for a request. */
export interface Taggable {
  readonly tags?: readonly string[] | undefined;
}

/**
 * The deployments for a request with these tags: those that have one of them (or all, where `any` is false), else those
 * for `default`; for a request without tags those for `default`, where there are such, else all. As LiteLLM.
 */
export function tagged<D extends Taggable>(all: readonly D[], tags: readonly string[], any: boolean): readonly D[] {
  const has = (one: D, tag: string): boolean => one.tags?.includes(tag) ?? false;
  const defaults = all.filter((one) => has(one, 'default'));
  if (tags.length === 0) return defaults.length > 0 ? defaults : all;
  const matching = all.filter((one) => (any ? tags.some((tag) => has(one, tag)) : tags.every((tag) => has(one, tag))));
  return matching.length > 0 ? matching : defaults;
}

/** The deployments whose model can take an input of so many tokens, as far as that is known. */
export const roomyEnough = <D>(
  all: readonly D[],
  tokens: number,
  maxInput: (one: D) => number | undefined,
): readonly D[] => all.filter((one) => tokens <= (maxInput(one) ?? Infinity));
