import { Failure } from '../chat/failure.ts';
import type { FailureDetails, FailureKind } from '../chat/failure.ts';
import {
  defined,
  isArray,
  isObject,
  numberIn,
  objectIn,
  objectsIn,
  parseJson,
  stringIn,
  without,
} from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Refusal } from './dialect.ts';
import { refusalKind, statusOfWord } from './refusal-kind.ts';

/** What a provider's error says, whatever its shape. `more` are members of it that clients may know (Groq's `failed_generation`). */
export interface ErrorFacts {
  readonly message: string;
  readonly code?: string;
  /** A coarser word than `code`: OpenAI's `type`, Google's `status`. */
  readonly type?: string;
  readonly param?: string;
  /** A status that the error itself names (OpenRouter's numeric `code`, Groq's `status_code` inside a stream). */
  readonly status?: number;
  readonly more?: JsonObject;
}

/** A provider's refusal, of any JSON shape, HTML or empty, as a Failure with the provider's own message. */
export function readRefusalWith({ status, headers, body }: Refusal): Failure {
  const parsed = parseJson(body);
  const facts = parsed === undefined ? { message: textOf(body) } : readError(parsed);
  const shouldRetry = headers['x-should-retry'];
  return failureOf(status, facts, {
    retryAfter: retryAfterOf(headers) ?? retryDelayOf(parsed),
    headers: shouldRetry === undefined ? undefined : { 'x-should-retry': shouldRetry },
  });
}

/** An error object that came inside an answer with status 200, as a Failure. */
export function failureInAnswer(error: Json): Failure {
  const facts = readError(isObject(error) && 'error' in error ? error : { error });
  return failureOf(facts.status ?? statusOfWord(`${facts.code ?? ''} ${facts.type ?? ''}`) ?? 500, facts);
}

/** What a refusal's headers say of another try. */
interface Advice {
  readonly retryAfter?: number | undefined;
  readonly headers?: FailureDetails['headers'] | undefined;
}

function failureOf(status: number, facts: ErrorFacts, advice: Advice = {}): Failure {
  const message = facts.message === '' ? `The provider answered ${status} without a message.` : facts.message;
  const kind = refusalKind(status, message, facts.code, facts.type);
  const details: FailureDetails = defined({
    status: ownStatus.has(kind) ? undefined : status,
    code: codeWords[kind] ?? facts.code,
    param: facts.param,
    retryAfter: advice.retryAfter,
    headers: advice.headers,
    details: facts.more,
  });
  return new Failure(kind, message, details);
}

/** Kinds whose own status tells the client more than the provider's (xAI and Google refuse a wrong key with 400). */
const ownStatus: ReadonlySet<FailureKind> = new Set(['provider-account-empty', 'provider-key-refused']);

/** OpenAI's words, which clients compare with. */
const codeWords: Partial<Record<FailureKind, string>> = {
  'context-length': 'context_length_exceeded',
  'provider-account-empty': 'insufficient_quota',
  'provider-model-missing': 'model_not_found',
};

/** Reads the shapes seen in the recordings: `error` as object or text, `message`, `detail`, a list of one, an upstream's error in `metadata`. */
export function readError(value: Json): ErrorFacts {
  const body = objectIn(isArray(value) ? value[0] : value);
  const error = isObject(body['error']) ? body['error'] : body;
  const status = [error['status_code'], error['code'], error['status'], body['raw_status_code']]
    .map(statusIn)
    .find(Boolean);
  const more = isObject(body['error'])
    ? without(body['error'], 'message', 'type', 'param', 'code', 'status', 'status_code')
    : {};
  return defined({
    message: messageOf(body, error),
    code: wordIn(error['code']),
    type: wordIn(error['type']) ?? wordIn(error['status']),
    param: stringIn(error['param']),
    status,
    more: Object.keys(more).length > 0 ? more : undefined,
  });
}

function messageOf(body: JsonObject, error: JsonObject): string {
  const upstream = stringIn(objectIn(error['metadata'])['raw']); // OpenRouter: what the provider behind it said
  const message =
    textIn(error['message']) ?? textIn(body['error']) ?? textIn(body['message']) ?? textIn(body['detail']);
  if (upstream === undefined) return message ?? textIn(body['errors']) ?? '';
  const parsed = parseJson(upstream);
  const said = parsed === undefined ? upstream : readError(parsed).message;
  return said === '' ? (message ?? '') : `${message ?? 'Provider returned error'}: ${said}`;
}

/** Text, or FastAPI's list of what is wrong where. */
function textIn(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const list = isObject(value) ? value['detail'] : value;
  if (typeof list === 'string') return list;
  const lines = objectsIn(list).map((item) => {
    const place = isArray(item['loc']) ? item['loc'].map(String).join('.') : '';
    const text = stringIn(item['msg']) ?? stringIn(item['message']) ?? '';
    return place === '' ? text : `${place}: ${text}`;
  });
  return lines.length > 0 ? lines.join('; ') : undefined;
}

const statusIn = (value: Json | undefined): number | undefined => {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : numberIn(value);
  return number !== undefined && number >= 400 && number < 600 ? number : undefined;
};

/** A code word: xAI's `code` is a sentence, others' a number. */
const wordIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && /^[A-Za-z]\w*$/.test(value) ? value : undefined;

/** What people can read of a body that is not JSON: a page's title, or the text's beginning. */
function textOf(body: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  const text = title ?? body.replace(/<[^>]*>/g, ' ');
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}

/** Seconds to wait by `retry-after-ms`, or `retry-after` in seconds or as a date, which is compared with the answer's own. */
export function retryAfterOf(headers: Readonly<Record<string, string>>): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? NaN);
  if (milliseconds >= 0) return milliseconds / 1000;
  const value = headers['retry-after'] ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const seconds = (Date.parse(value) - Date.parse(headers['date'] ?? '')) / 1000;
  return seconds >= 0 ? seconds : undefined;
}

/** Google's RetryInfo: `{"error":{"details":[{"retryDelay":"34.4s"}]}}`. */
function retryDelayOf(body: Json | undefined): number | undefined {
  const error = objectIn(objectIn(isArray(body) ? body[0] : body)['error']);
  const delay = objectsIn(error['details'])
    .map((detail) => stringIn(detail['retryDelay']))
    .find(Boolean);
  const seconds = Number.parseFloat(delay ?? '');
  return seconds >= 0 ? seconds : undefined;
}
