import type { Failure, FailureKind } from '../../chat/failure.ts';
import { objectIn, objectsIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { failureInAnswer, readRefusalWith } from '../refusal.ts';

/** Google's refusals read like all others: a code, a message, a google.rpc status and details such as the delay of a retry. */
export const readRefusal = readRefusalWith;

/** An error may come where an answer was due, with status 200 when the answer had begun. */
export function throwIfError(body: JsonObject): void {
  if (body['error'] !== undefined && body['error'] !== null) throw failureInAnswer(body['error']);
}

/** https://cloud.google.com/apis/design/errors#handling_errors */
const statuses: Record<FailureKind, string> = {
  'invalid-request': 'INVALID_ARGUMENT',
  'context-length': 'INVALID_ARGUMENT',
  'content-policy': 'INVALID_ARGUMENT',
  unauthorized: 'UNAUTHENTICATED',
  forbidden: 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  'too-large': 'INVALID_ARGUMENT',
  'unsupported-media': 'INVALID_ARGUMENT',
  'budget-exceeded': 'FAILED_PRECONDITION',
  'rate-limited': 'RESOURCE_EXHAUSTED',
  'provider-key-refused': 'UNAUTHENTICATED',
  'provider-account-empty': 'FAILED_PRECONDITION',
  'provider-forbids': 'PERMISSION_DENIED',
  'provider-model-missing': 'NOT_FOUND',
  'provider-rate-limited': 'RESOURCE_EXHAUSTED',
  'provider-overloaded': 'UNAVAILABLE',
  'provider-error': 'INTERNAL',
  'provider-nonsense': 'UNAVAILABLE',
  'provider-unreachable': 'UNAVAILABLE',
  'provider-timeout': 'DEADLINE_EXCEEDED',
  'ledger-unavailable': 'UNAVAILABLE',
  stopping: 'UNAVAILABLE',
  cancelled: 'CANCELLED',
  internal: 'INTERNAL',
};

export function writeFailure(failure: Failure): JsonObject {
  const details = detailsOf(failure);
  return {
    error: {
      code: failure.status,
      message: failure.message,
      status: statuses[failure.kind],
      ...(details.length > 0 && { details }),
    },
  };
}

export const writeStreamFailure = (failure: Failure): readonly SseFrame[] => [
  { data: JSON.stringify(writeFailure(failure)) },
];

/** Google's own details where it refused; else the delay, which its SDKs and its CLI read from the body, not from a header. */
function detailsOf({ details: { details, retryAfter } }: Failure): readonly Json[] {
  const own = objectsIn(objectIn(details)['details']);
  if (own.length > 0 || retryAfter === undefined) return own;
  return [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` }];
}
