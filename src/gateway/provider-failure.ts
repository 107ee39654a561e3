import { Failure, redacted, type FailureKind } from '../chat/failure.ts';
import type { Redact } from '../lib/redact.ts';
import type { Deployment } from './catalog.ts';

/** What is wrong with the account itself; only its name tells which of them to mend. */
const ofTheAccount: ReadonlySet<FailureKind> = new Set(['provider-key-refused', 'provider-account-empty']);

/** A failure at a deployment as it is told and booked: without secrets, and with the account where that is what failed. */
export function providerFailure(failure: Failure, { account }: Deployment, redact: Redact): Failure {
  const shown = redacted(failure, redact);
  if (!ofTheAccount.has(failure.kind)) return shown;
  return new Failure(shown.kind, `${shown.message} (the gateway's account ${account})`, shown.details);
}
