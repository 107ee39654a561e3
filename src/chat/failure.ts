interface FailurePolicy {
  /** The HTTP status, unless the provider's own is passed on. */
  readonly status: number;
  /** `elsewhere`: another deployment may do better; `later`: so may the same one; `never`: the request itself is at fault. */
  readonly retry: 'never' | 'elsewhere' | 'later';
}

/** Every way a call can fail, and all that the gateway does about it. */
export const failurePolicies = {
  'invalid-request': { status: 400, retry: 'never' },
  'context-length': { status: 400, retry: 'never' },
  'content-policy': { status: 400, retry: 'never' },
  unauthorized: { status: 401, retry: 'never' },
  forbidden: { status: 403, retry: 'never' },
  'not-found': { status: 404, retry: 'never' },
  'too-large': { status: 413, retry: 'never' },
  'unsupported-media': { status: 415, retry: 'never' },
  // The status at which every assistant stops at once and shows why (measured; see README).
  'budget-exceeded': { status: 400, retry: 'never' },
  'rate-limited': { status: 429, retry: 'never' },
  // Below: the provider's failures, not the caller's.
  'provider-key-refused': { status: 401, retry: 'elsewhere' },
  'provider-account-empty': { status: 400, retry: 'elsewhere' },
  'provider-forbids': { status: 403, retry: 'elsewhere' },
  'provider-model-missing': { status: 404, retry: 'elsewhere' },
  'provider-rate-limited': { status: 429, retry: 'elsewhere' },
  'provider-overloaded': { status: 503, retry: 'later' },
  'provider-error': { status: 500, retry: 'later' },
  'provider-nonsense': { status: 502, retry: 'elsewhere' },
  'provider-unreachable': { status: 502, retry: 'later' },
  'provider-timeout': { status: 504, retry: 'later' },
  // The gateway's own.
  'ledger-unavailable': { status: 503, retry: 'never' },
  stopping: { status: 503, retry: 'never' },
  cancelled: { status: 499, retry: 'never' },
  internal: { status: 500, retry: 'never' },
} as const satisfies Record<string, FailurePolicy>;

export type FailureKind = keyof typeof failurePolicies;

export interface FailureDetails {
  /** The field at fault, in the client's words. */
  readonly param?: string;
  /** OpenAI's word for the case (`context_length_exceeded`, `insufficient_quota`, ...). */
  readonly code?: string;
  /** The provider's status, where it is to be passed on instead of the kind's own. */
  readonly status?: number;
  /** Seconds to wait, for the `retry-after` header. */
  readonly retryAfter?: number;
  /** More headers for the answer, lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose limit refused: `key:<id>`, `project:<id>`, `account:<name>`, `group:<name>`, ..., `gateway`. */
  readonly scope?: string;
  /** It is the limit of this deployment, its account or its provider alone: another may serve the call. */
  readonly elsewhere?: true;
  /** More members for the error's body (Anthropic's `details`). */
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** The one error class. Its `kind` decides status, retry and wire name; its message is what the user reads. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly details: FailureDetails;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? failurePolicies[this.kind].status;
  }

  /** Whether something else may do better. */
  get retry(): FailurePolicy['retry'] {
    return this.details.elsewhere ? 'elsewhere' : failurePolicies[this.kind].retry;
  }

  /** OpenAI's `error.code`: the case's own word, else the status. */
  get code(): string {
    return this.details.code ?? String(this.status);
  }
}

/** Anything thrown, as a Failure. An unforeseen error becomes `internal`, with a message that leaks nothing. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('internal', 'Something went wrong inside Purser. The log has the details.', { cause: error });
}

/** The failure as it may be shown and kept: a provider's words may hold the key that it was sent. */
export function redacted({ kind, message, details }: Failure, redact: (text: string) => string): Failure {
  const { param, details: members } = details;
  return new Failure(kind, redact(message), {
    ...details,
    ...(param === undefined ? {} : { param: redact(param) }),
    ...(members === undefined ? {} : { details: redactedJson(members, redact) }),
  });
}

const redactedJson = (value: unknown, redact: (text: string) => string): unknown =>
  JSON.parse(JSON.stringify(value), (_name, member: unknown) => (typeof member === 'string' ? redact(member) : member));

/** A mistake of the client's, named by field. */
export const invalid = (message: string, param?: string): Failure =>
  new Failure('invalid-request', message, param === undefined ? {} : { param });
