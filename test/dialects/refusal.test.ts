import assert from 'node:assert/strict';
import type { FailureKind } from '../../src/chat/failure.ts';
import { failureInAnswer, readRefusalWith, retryAfterOf } from '../../src/dialects/refusal.ts';
import { refusalKind } from '../../src/dialects/refusal-kind.ts';
import { expectGolden, readJson, recordings } from '../support/fixtures.ts';
import { objectIn } from '../../src/lib/json.ts';

const refusalOf = (path: string) => {
  const { status, headers, body } = readJson(path);
  return {
    status: Number(status),
    headers: objectIn(headers) as Record<string, string>,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
};

const refuse = (status: number, body: unknown, headers = {}) =>
  readRefusalWith({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('refusals', () => {
  it('of every recorded kind are told apart, and keep the words of the provider', () => {
    const read = recordings('errors').flatMap((path) => {
      if (readJson(path).stream_body !== undefined) return [];
      const { kind, status, code, message, details } = readRefusalWith(refusalOf(path));
      return [[path.slice('errors/'.length), { kind, status, code, message, ...details }]];
    });
    expectGolden('errors/expected/refusals.json', Object.fromEntries(read));
  });

  it('keep the provider’s word on whether another try is of use, which the SDKs of OpenAI and Anthropic heed', () => {
    const headers = { 'x-should-retry': 'false', server: 'x' };
    assert.deepEqual(refuse(429, {}, headers).details.headers, { 'x-should-retry': 'false' });
    assert.equal(refuse(429, {}, { server: 'x' }).details.headers, undefined);
  });

  it('without a body say at least their status', () => {
    const failure = refuse(503, '');
    assert.equal(failure.kind, 'provider-overloaded');
    assert.equal(failure.message, 'The provider answered 503 without a message.');
  });

  it('in HTML are read by their title', () => {
    assert.equal(refuse(502, '<html><head><title>502 Bad\n Gateway</title></head>…').message, '502 Bad Gateway');
    assert.equal(refuse(502, '<h1>Bad <b>gateway</b></h1>').message, 'Bad gateway');
  });

  it('name what OpenRouter heard from the provider behind it', () => {
    const raw = JSON.stringify({ error: { message: 'max_tokens is too large' } });
    const failure = refuse(400, { error: { message: 'Provider returned error', code: 400, metadata: { raw } } });
    assert.equal(failure.message, 'Provider returned error: max_tokens is too large');
  });

  it('keep what else clients may know of an error', () => {
    const failure = refuse(400, { error: { message: 'x', code: 'tool_use_failed', failed_generation: '<call>' } });
    assert.deepEqual(failure.details.details, { failed_generation: '<call>' });
  });

  const cases: readonly (readonly [string, number, string, string, FailureKind])[] = [
    [
      'an empty account hides behind 401 at Perplexity',
      401,
      'You exceeded your current quota',
      'insufficient_quota',
      'provider-account-empty',
    ],
    [
      'an empty account is 403 at xAI',
      403,
      'Your team has used all available credits or reached its monthly spending limit.',
      '',
      'provider-account-empty',
    ],
    [
      'a quota of Google is a rate, whatever it says of billing',
      429,
      'You exceeded your current quota, please check your plan and billing details.',
      '',
      'provider-rate-limited',
    ],
    [
      'a prompt over the limit of tokens per minute is a rate',
      413,
      'Request too large for model on tokens per minute',
      'rate_limit_exceeded',
      'provider-rate-limited',
    ],
    [
      'too many tokens a day is a rate, not a prompt too long',
      429,
      'Too many tokens, please wait before trying again.',
      '',
      'provider-rate-limited',
    ],
    [
      'llama.cpp names its context size',
      400,
      'the request exceeds the available context size',
      'exceed_context_size_error',
      'context-length',
    ],
    [
      'vLLM says how long its context is',
      400,
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      'BadRequestError',
      'context-length',
    ],
    [
      'an output limit too large is no prompt too long',
      400,
      'max_tokens is too large: 100000. This model supports at most 16384 completion tokens',
      '',
      'invalid-request',
    ],
    ['DeepSeek does not know a model', 400, 'Model Not Exist', 'invalid_request_error', 'provider-model-missing'],
    ['OpenRouter does not know a model', 400, 'foo/bar is not a valid model ID', '', 'provider-model-missing'],
    ['DeepSeek refuses content', 400, 'Content Exists Risk', '', 'content-policy'],
    ['Anthropic filters its output', 400, 'Output blocked by content filtering policy', '', 'content-policy'],
    ['a file that is gone is not a model that is missing', 404, 'No such file', 'file_not_found', 'not-found'],
    [
      'a parameter that a model lacks is the request’s fault',
      400,
      "Unsupported parameter: 'temperature' is not supported with this model.",
      '',
      'invalid-request',
    ],
    ['a status nobody knows', 418, '', '', 'invalid-request'],
    ['a redirect is no answer', 302, '', '', 'provider-nonsense'],
    ['Cloudflare waited in vain', 524, '', '', 'provider-timeout'],
  ];
  for (const [sentence, status, message, code, kind] of cases) {
    it(sentence, () => assert.equal(refusalKind(status, message, code), kind));
  }
});

describe('the wait that a refusal asks for', () => {
  it('is read in milliseconds, seconds, or as a date against the answer’s own', () => {
    assert.equal(retryAfterOf({ 'retry-after-ms': '1500', 'retry-after': '9' }), 1.5);
    assert.equal(retryAfterOf({ 'retry-after': '12' }), 12);
    const date = { date: 'Sun, 22 Nov 2026 13:00:00 GMT', 'retry-after': 'Sun, 22 Nov 2026 13:00:30 GMT' };
    assert.equal(retryAfterOf(date), 30);
  });

  it('is unknown where it is absent, or not to be understood', () => {
    assert.equal(retryAfterOf({}), undefined);
    assert.equal(retryAfterOf({ 'retry-after': 'soon' }), undefined);
    assert.equal(retryAfterOf({ 'retry-after': 'Sun, 22 Nov 2026 13:00:30 GMT' }), undefined);
  });

  it('stands in the body at Google', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }];
    assert.equal(refuse(429, { error: { code: 429, message: 'x', details } }).details.retryAfter, 34.4);
    assert.equal(refuse(429, [{ error: { code: 429, message: 'x', details } }]).details.retryAfter, 34.4);
  });
});

describe('errors inside an answer', () => {
  it('are judged by the status that they name', () => {
    assert.equal(failureInAnswer({ code: 502, message: 'Provider disconnected' }).kind, 'provider-error');
    assert.equal(failureInAnswer({ code: 429, message: 'slow down' }).kind, 'provider-rate-limited');
    assert.equal(failureInAnswer({ message: 'x', type: 'invalid_request_error', status_code: 400 }).status, 400);
  });

  it('are judged by their word where there is no status', () => {
    assert.equal(failureInAnswer({ type: 'overloaded_error', message: 'Overloaded' }).kind, 'provider-overloaded');
    assert.equal(failureInAnswer({ type: 'rate_limit_error', message: 'x' }).kind, 'provider-rate-limited');
    assert.equal(failureInAnswer({ type: 'server_error', message: 'x' }).kind, 'provider-error');
    assert.equal(failureInAnswer('something broke').message, 'something broke');
  });

  it('may be wrapped as a whole error body', () => {
    assert.equal(failureInAnswer({ error: { message: 'x', code: 503 } }).kind, 'provider-overloaded');
  });
});
