import type { Admission } from '../budgets/rates.ts';
import { Failure } from '../chat/failure.ts';
import { totalTokens } from '../chat/usage.ts';
import { mayUse, titleOf } from '../keys/virtual-key.ts';
import type { Route } from '../routing/router.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import type { Headers } from './sink.ts';

/** Where a call may go. Throws `forbidden` for a model that is not for this key, `invalid-request` for one that does not exist. */
export function routeFor(ports: Ports, { caller, outline }: Call): Route<Deployment> {
  const { model } = outline;
  const { key } = caller;
  if (key !== undefined && !mayUse(key, model) && !mayUse(key, key.aliases[model] ?? model)) throw notForThisKey(model);
  return ports.catalog().find(model, key?.aliases ?? {});
}

/** What a call takes of the key's rates while it runs. */
export interface Permit {
  readonly headers: Headers;
  /** Gives back the place, and counts the tokens that it really took. */
  done(bill: Bill): void;
}

const noLimits: Permit = { headers: {}, done: () => undefined };

/** Counts a call on the key's rpm, tpm and parallel limits. Throws `rate-limited`. */
export function admit(ports: Ports, call: Call): Permit {
  const { key } = call.caller;
  if (key === undefined || (key.rpm === null && key.tpm === null && key.maxParallel === null)) return noLimits;
  const limits = { rpm: key.rpm, tpm: key.tpm, maxParallel: key.maxParallel };
  const guess = Math.ceil(call.raw.length / 4) + (call.outline.maxOutput ?? 1024);
  const admission: Admission = ports.rates.admit({ id: `key:${key.id}`, title: titleOf(key) }, limits, guess);
  return {
    headers: admission.headers,
    done(bill) {
      const usages = bill.attempts.map(({ meter }) => meter.usage).filter((usage) => usage !== undefined);
      admission.correct(usages.reduce((sum, usage) => sum + totalTokens(usage), 0));
      admission.release();
    },
  };
}

const notForThisKey = (model: string): Failure =>
  new Failure(
    'forbidden',
    `The requested model '${model.slice(0, 200)}' is not available for this API key, or the model name is invalid. ` +
      'Check the models available to you and try again.',
    { param: 'model', code: 'key_model_access_denied' },
  );
