import { flag, list, number, object, oneOf, orNull, shortText, strictObject, text, maybe } from '../lib/shape.ts';

/** How a dry run is asked for, and what it tells. Amounts are whole nano-dollars. */

export const dryRunParams = strictObject({
  path: shortText,
  /** JSON, as a client would send it. */
  body: text,
  key: maybe(shortText),
  project: maybe(shortText),
});

const step = object({
  ...{ id: text, account: text, group: text, model: text },
  /** Why it would be tried; null for the first choice. */
  reason: orNull(text),
  /** How its provider would get the request; null where it would not. */
  way: orNull(oneOf(['relay', 'translation', 'mock'])),
  hasKey: flag,
  /** Why it would not be asked. */
  failure: orNull(object({ kind: text, message: text })),
  ...{ url: orNull(text), dialect: orNull(text), dropped: list(text) },
  /** Members of the body that go out otherwise than they came; null: there is none. */
  changes: list(object({ name: text, before: orNull(text), after: orNull(text) })),
  /** An upper bound of the prompt, tokens. */
  inputBound: number,
  /** What would be held, which is the most that it can cost. */
  hold: orNull(number),
  isAssumed: flag,
  /** The most output that the provider would be allowed, tokens; null: as much as the model can. */
  outputLimit: orNull(number),
  /** Whether a budget lowered it. */
  isLowered: flag,
  /** As they stand before the call. */
  budgets: list(
    object({
      ...{ title: text, max: number, duration: orNull(text), spent: number, held: number, left: number },
      until: orNull(number),
    }),
  ),
});

export const dryRunResult = object({
  /** The name that is asked for; null where the request does not even say. */
  model: orNull(text),
  project: orNull(text),
  route: orNull(
    object({
      group: text,
      by: oneOf(['name', 'pattern', 'alias', 'alias of the key', 'alias of the project']),
      pattern: orNull(text),
    }),
  ),
  /** The prompt's tokens, counted here. */
  tokens: orNull(number),
  /** `sent`: the first step with a `way` is asked, and the next ones only where it fails. */
  outcome: oneOf(['sent', 'mocked', 'cached', 'refused']),
  steps: list(step),
  /** Deployments of the name that would not be come to. */
  passedOver: list(
    object({
      ...{ id: text, account: text, model: text },
      reason: oneOf(['tags', 'size', 'resting', 'not reached']),
      message: orNull(text),
    }),
  ),
  /** How long the call would wait for money that others hold, milliseconds. */
  waitMs: number,
  /** What the client would get. */
  error: orNull(object({ status: number, kind: text, message: text, body: text })),
});
