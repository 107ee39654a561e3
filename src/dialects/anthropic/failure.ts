import type { Failure, FailureKind } from '../../chat/failure.ts';
import { isObject, objectIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';

/** Anthropic's words: https://docs.anthropic.com/en/api/errors; a Record, so that a new kind must be named here. */
const wireTypes: Record<FailureKind, string> = {
  'invalid-request': 'invalid_request_error',
  'context-length': 'invalid_request_error',
  'content-policy': 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  'too-large': 'request_too_large',
  'unsupported-media': 'invalid_request_error',
  'budget-exceeded': 'budget_exceeded',
  'rate-limited': 'rate_limit_error',
  'provider-key-refused': 'authentication_error',
  'provider-account-empty': 'billing_error',
  'provider-forbids': 'permission_error',
  'provider-model-missing': 'not_found_error',
  'provider-rate-limited': 'rate_limit_error',
  'provider-overloaded': 'overloaded_error',
  'provider-error': 'api_error',
  'provider-nonsense': 'api_error',
  'provider-unreachable': 'api_error',
  'provider-timeout': 'timeout_error',
  'ledger-unavailable': 'api_error',
  stopping: 'overloaded_error',
  cancelled: 'api_error',
  internal: 'api_error',
};

/** With `param` and `code` the one body serves OpenAI's clients too. */
export const writeFailure = ({ kind, message, code, details }: Failure): JsonObject => ({
  type: 'error',
  error: {
    type: wireTypes[kind],
    message,
    param: details.param ?? null,
    code,
    ...(isObject(details.details) && details.details),
  },
});

/** In a stream there is no status to go by: opencode tries again at Anthropic's usual word for a stream that breaks off, and at no other. */
export function writeStreamFailure(failure: Failure): readonly SseFrame[] {
  const { type, error } = writeFailure(failure);
  const told = failure.retry === 'later' ? { ...objectIn(error), type: 'overloaded_error' } : error;
  return [{ event: 'error', data: JSON.stringify({ type, error: told }) }];
}
