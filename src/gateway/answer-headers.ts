import type { Failure } from '../chat/failure.ts';
import { nanoUsd, toDollars, type NanoUsd } from '../chat/money.ts';
import { raiseAt } from '../keys/terms.ts';
import type { Caller } from './authenticate.ts';
import type { Attempt } from './bill.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import type { Headers } from './sink.ts';

/** What the headers of an answer tell. */
export interface Told {
  readonly callId: string;
  readonly caller: Caller;
  readonly deployment: Deployment;
  readonly group: string;
  /** The attempts that led here. */
  readonly attempts: readonly Attempt[];
  /** Undefined while a stream's cost is not known. */
  readonly cost?: NanoUsd | null;
  /** Milliseconds that the gateway itself took. */
  readonly overheadMs: number;
  readonly outputLimit: number | undefined;
  readonly dropped: readonly string[];
  readonly rateHeaders: Headers;
  /** The provider's own headers that clients use. */
  readonly provider: Headers;
}

/** LiteLLM's headers, so that its clients and status lines work as they are, and two of our own. */
export function answerHeaders(ports: Ports, told: Told): Record<string, string> {
  const { deployment } = told;
  const headers: Record<string, string> = {
    'x-litellm-call-id': told.callId,
    'x-litellm-model-id': deployment.id,
    'x-litellm-model-name': `${deployment.provider.name}/${deployment.model}`,
    'x-litellm-model-group': told.group,
    'x-litellm-attempted-retries': String(told.attempts.filter(({ reason }) => reason === 'retry').length),
    'x-litellm-attempted-fallbacks': String(told.attempts.filter(isElsewhere).length),
    'x-litellm-overhead-duration-ms': told.overheadMs.toFixed(3),
    ...spendHeaders(ports, told.caller),
    ...told.rateHeaders,
    ...told.provider,
  };
  if (told.cost != null) headers['x-litellm-response-cost'] = dollarsText(told.cost);
  if (told.outputLimit !== undefined) headers['x-purser-output-limit'] = String(told.outputLimit);
  if (told.dropped.length > 0) headers['x-purser-dropped-params'] = told.dropped.join(',');
  return headers;
}

const isElsewhere = ({ reason }: Attempt): boolean => reason !== undefined && reason !== 'retry';

/** What the key has spent and may spend, in dollars. */
export function spendHeaders(ports: Ports, { key }: Caller): Record<string, string> {
  if (key === undefined) return {};
  const { window } = ports.budgets.spend(`key:${key.id}`, key.budgetDuration);
  const headers: Record<string, string> = { 'x-litellm-key-spend': dollarsText(window) };
  if (key.maxBudget !== null) {
    const max = nanoUsd(key.maxBudget + raiseAt(key, ports.clock.now()));
    headers['x-litellm-key-max-budget'] = dollarsText(max);
  }
  return headers;
}

const dollarsText = (amount: NanoUsd): string => {
  const text = String(toDollars(amount));
  return text.includes('e') ? toDollars(amount).toFixed(9) : text;
};

/** The provider's headers that clients read; the rest of its answer's head stays here. */
const passedOn = [
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  'request-id',
  'x-request-id',
  'openai-processing-ms',
  'retry-after',
  'retry-after-ms',
];

export function providerHeaders(headers: Headers): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of passedOn) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

export const failureStatus = (ports: Ports, failure: Failure): number =>
  failure.kind === 'budget-exceeded' ? ports.config().budgetExceededStatus : failure.status;

/** Headers that every refusal carries: when to come back, and that a wrong key stays wrong. */
export function failureHeaders(failure: Failure): Record<string, string> {
  const headers: Record<string, string> = { 'x-litellm-response-cost': '0' };
  const { retryAfter } = failure.details;
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(0, Math.ceil(retryAfter)));
  // Claude Code tries a 401 again for minutes unless told not to (seen in 2.1.330).
  if (failure.status === 401) headers['x-should-retry'] = 'false';
  return { ...headers, ...failure.details.headers };
}
