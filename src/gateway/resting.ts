import { Failure } from '../chat/failure.ts';
import { isAccountsFault } from '../routing/cooldown.ts';
import type { Cooling } from '../routing/health.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';

/** A deployment that is to be left alone. */
export interface Resting {
  readonly deployment: Deployment;
  readonly cooling: Cooling;
}

/** Those that are left alone now, the one that may be tried first before the others. */
export function restingOf(ports: Ports, deployments: readonly Deployment[]): readonly Resting[] {
  return deployments
    .flatMap((deployment) => {
      const condition = ports.health.of(deployment);
      return condition.state === 'healthy' ? [] : [{ deployment, cooling: condition.cooling }];
    })
    .sort((a, b) => a.cooling.until - b.cooling.until);
}

/**
 * What is tried although it is to be left alone, as nothing else is there: a provider that failed may be back, and one
 * whose account was empty may have been paid. Nothing, where the first to come back has said itself when that will be.
 */
export function stillTried(resting: readonly Resting[], now: number): readonly Deployment[] {
  const mustWait = ({ cooling: { kind, until } }: Resting): boolean => kind === 'provider-rate-limited' && until > now;
  const [first] = resting;
  if (first === undefined || mustWait(first)) return [];
  return resting.filter((one) => !mustWait(one)).map(({ deployment }) => deployment);
}

/** The failure of a call whose deployments are all left alone: which, why and how long. */
export function allResting(group: string, resting: readonly Resting[], now: number): Failure {
  const [first] = resting;
  const seconds = Math.max(1, Math.ceil(((first?.cooling.until ?? now) - now) / 1000));
  const stories = resting.map(({ deployment, cooling }) => {
    const left = Math.max(1, Math.ceil((cooling.until - now) / 1000));
    return `${deployment.provider.name}/${deployment.model} of the account ${deployment.account} for ${left} s (${cooling.message})`;
  });
  // The beginning is LiteLLM's sentence.
  const message =
    `No deployments available for selected model, Try again in ${seconds} seconds. Passed model=${group}. ` +
    `Left alone for now: ${stories.join('; ')}`;
  const isForMoney = resting.every(({ cooling }) => isAccountsFault(new Failure(cooling.kind, '')));
  const kind = isForMoney && first !== undefined ? first.cooling.kind : 'provider-rate-limited';
  return new Failure(kind, message.slice(0, 2_000), {
    ...(isForMoney ? {} : { retryAfter: seconds }),
    ...(kind === 'provider-account-empty' && { code: 'insufficient_quota' }),
  });
}
