import type { FailureKind } from '../chat/failure.ts';

/**
 * Which kind of failure a provider's refusal is: by its words first (`code`, then `type`), then by what its message says,
 * then by its status.
 */
export function refusalKind(status: number, message: string, ...words: readonly (string | undefined)[]): FailureKind {
  const known = words.map((word) => kindsOfWords.get(word ?? '')).find(Boolean);
  return known ?? kindOfMessage(status, message) ?? kindOfStatus(status, words);
}

/** Words that mean the same with every status: seen in error bodies and documentation of the providers named. */
const kindsOfWords: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['context_length_exceeded', 'context-length'], // OpenAI, Together, Fireworks
  ['exceed_context_size_error', 'context-length'], // llama.cpp
  ['insufficient_quota', 'provider-account-empty'], // OpenAI with 429, Perplexity with 401
  ['billing_hard_limit_reached', 'provider-account-empty'], // OpenAI
  ['billing_error', 'provider-account-empty'], // Anthropic
  ['exceeded_current_quota_error', 'provider-account-empty'], // Moonshot
  ['Arrearage', 'provider-account-empty'], // Alibaba
  ['content_filter', 'content-policy'], // Azure
  ['content_policy_violation', 'content-policy'], // OpenAI
  ['moderation_blocked', 'content-policy'], // OpenAI
  ['data_inspection_failed', 'content-policy'], // Alibaba
  ['invalid_api_key', 'provider-key-refused'],
  ['model_not_found', 'provider-model-missing'],
  ['model_decommissioned', 'provider-model-missing'], // Groq
  ['invalid_model', 'provider-model-missing'], // Mistral, Perplexity
  ['rate_limit_exceeded', 'provider-rate-limited'], // Groq says it with 413 too
  ['overloaded_error', 'provider-overloaded'], // Anthropic
  // AWS, whose statuses say less: API reference of Bedrock's Converse, and AWS's common errors.
  ['ThrottlingException', 'provider-rate-limited'],
  ['ServiceQuotaExceededException', 'provider-rate-limited'],
  ['AccessDeniedException', 'provider-forbids'],
  ['ResourceNotFoundException', 'provider-model-missing'],
  ['ModelNotReadyException', 'provider-overloaded'],
  ['ServiceUnavailableException', 'provider-overloaded'],
  ['ModelTimeoutException', 'provider-timeout'],
  ['UnrecognizedClientException', 'provider-key-refused'],
  ['InvalidSignatureException', 'provider-key-refused'],
  ['IncompleteSignatureException', 'provider-key-refused'],
  ['MissingAuthenticationTokenException', 'provider-key-refused'],
  ['ExpiredTokenException', 'provider-key-refused'],
]);

const contextLength =
  /maximum context length|context (length|window|size)|(prompt|input|request) is too (long|large for the model)|too many (input |prompt )?tokens|exceeds? the maximum number of (input )?tokens|exceeds? (the )?(model'?s )?(maximum )?(input|prompt) (length|tokens)|maximum prompt length|reduce the length of (the|your) (messages|prompt|input)/i;
const accountEmpty =
  /insufficient[ _](balance|credit|fund|quota)|credit balance|(out of|no|not enough|more|all available) credits|balance is (too low|not enough|insufficient)|(monthly )?spending limit|account is (not in good standing|in arrears|overdue)/i;
const contentPolicy =
  /content (management|policy|filter)|usage polic|safety system|(was|been|were) flagged|flagged (by|for|as)|content exists risk|prohibited content/i;
const keyRefused =
  /(incorrect|invalid|missing|no|expired|revoked) api[ -]?key|api key (not valid|is invalid|expired|not found)|no auth credentials|invalid x-api-key/i;
const modelMissing =
  /(invalid|unknown) model\b|model identifier is invalid|model not exist|not a valid model|models?\b[^.]{0,120}\b(does not exist|do not exist|not found|decommissioned|no longer available)|no endpoints found/i;

/** What a message says only counts where the status leaves it open: a 429 about tokens is not a prompt too long. */
function kindOfMessage(status: number, message: string): FailureKind | undefined {
  if (status === 429) return accountEmpty.test(message) ? 'provider-account-empty' : undefined;
  if (status >= 500 && status !== 500) return undefined;
  if (contextLength.test(message)) return 'context-length';
  if (status === 500) return undefined;
  if (accountEmpty.test(message)) return 'provider-account-empty';
  if (keyRefused.test(message)) return 'provider-key-refused';
  if (contentPolicy.test(message)) return 'content-policy';
  return modelMissing.test(message) ? 'provider-model-missing' : undefined;
}

const kindsOfStatuses: Readonly<Record<number, FailureKind>> = {
  401: 'provider-key-refused',
  402: 'provider-account-empty',
  403: 'provider-forbids',
  404: 'provider-model-missing',
  405: 'provider-model-missing', // the route is not there
  407: 'provider-unreachable', // a proxy on the way
  408: 'provider-timeout',
  409: 'provider-error',
  413: 'too-large',
  415: 'unsupported-media',
  424: 'provider-error',
  425: 'provider-error',
  429: 'provider-rate-limited',
  498: 'provider-overloaded', // Groq: flex capacity exceeded
  503: 'provider-overloaded',
  504: 'provider-timeout',
  524: 'provider-timeout', // Cloudflare
  529: 'provider-overloaded', // Anthropic
};

function kindOfStatus(status: number, words: readonly (string | undefined)[]): FailureKind {
  if (status === 404 && words[0]?.endsWith('_not_found')) return 'not-found'; // a file or an earlier response, not the model
  const kind = kindsOfStatuses[status];
  if (kind) return kind;
  if (status >= 500) return 'provider-error';
  return status >= 400 ? 'invalid-request' : 'provider-nonsense';
}

/** The statuses that error words stand for where no status comes with them: in the middle of a stream. */
export function statusOfWord(word: string): number | undefined {
  if (/overloaded|unavailable|capacity/i.test(word)) return 503;
  if (/rate_limit|throttl|exhausted|too_many/i.test(word)) return 429;
  if (/timeout|deadline/i.test(word)) return 504;
  if (/authentication|unauthenticated/i.test(word)) return 401;
  if (/permission/i.test(word)) return 403;
  if (/not_found/i.test(word)) return 404;
  if (/invalid|unsupported|validation|bad_request|tool_use_failed|context_length/i.test(word)) return 400;
  return undefined;
}
