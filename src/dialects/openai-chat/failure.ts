import type { Failure, FailureKind } from '../../chat/failure.ts';
import { objectIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';

/** LiteLLM's words for the type of an error, on which its clients and OpenAI's decide. */
const wireTypes: Readonly<Record<FailureKind, string>> = {
  'invalid-request': 'invalid_request_error',
  'context-length': 'invalid_request_error',
  'content-policy': 'invalid_request_error',
  unauthorized: 'auth_error',
  forbidden: 'key_model_access_denied',
  'not-found': 'not_found_error',
  'too-large': 'invalid_request_error',
  'unsupported-media': 'invalid_request_error',
  'budget-exceeded': 'budget_exceeded',
  'rate-limited': 'throttling_error',
  'provider-key-refused': 'authentication_error',
  'provider-account-empty': 'insufficient_quota',
  'provider-forbids': 'permission_error',
  'provider-model-missing': 'invalid_request_error',
  'provider-rate-limited': 'throttling_error',
  'provider-overloaded': 'overloaded_error',
  'provider-error': 'internal_server_error',
  'provider-nonsense': 'internal_server_error',
  'provider-unreachable': 'internal_server_error',
  'provider-timeout': 'internal_server_error',
  'ledger-unavailable': 'internal_server_error',
  stopping: 'internal_server_error',
  cancelled: 'invalid_request_error',
  internal: 'internal_server_error',
};

/** One body serves OpenAI's clients and Anthropic's: the outer `type` is the latter's, `param` and `code` the former's. */
export const writeFailure = (failure: Failure): JsonObject => ({
  type: 'error',
  error: {
    ...objectIn(failure.details.details),
    type: wireTypes[failure.kind],
    message: failure.message,
    param: failure.details.param ?? null,
    code: failure.code,
  },
});

/** No `[DONE]` follows: that would be a good end. */
export const writeStreamFailure = (failure: Failure): readonly SseFrame[] => [
  { data: JSON.stringify(writeFailure(failure)) },
];
