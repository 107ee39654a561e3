import { Failure } from '../chat/failure.ts';
import type { PriceFound } from './catalog.ts';
import type { Ports } from './ports.ts';

/** Throws for what may cost money while all spending is paused. What is free goes on, here or at another deployment. */
export function refusePaused({ pause }: Pick<Ports, 'pause'>, { price }: PriceFound): void {
  const { since } = pause;
  if (since === null || price?.free) return;
  const when = new Date(since).toISOString();
  const message =
    `Budget paused: the owner of this gateway paused all spending at ${when}. Only free models answer. ` +
    'To go on, run "Purser: Resume Spending" in the editor, or POST /purser/pause {"on": false}.';
  throw new Failure('budget-exceeded', message, {
    code: 'spending_paused',
    scope: 'gateway',
    elsewhere: true,
  });
}
