import { randomUUID } from 'node:crypto';
import { invalid } from '../chat/failure.ts';
import { noUsage, type ChatAnswer } from '../chat/chat.ts';
import { noMoney } from '../chat/money.ts';
import { freePrice } from '../pricing/price.ts';
import { completions } from '../dialects/relayed/completions.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Trying } from './serving.ts';
import type { Sink } from './sink.ts';
import { sendAsStream } from './whole-stream.ts';

/** Answers with the deployment's `mock_response`, without a provider: booked like any other call, at no cost. */
export async function playMock(serving: Trying, deployment: Deployment, sink: Sink): Promise<void> {
  const { ports, call, bill, scopes } = serving;
  const { route } = call.client;
  if (route !== undefined && route !== completions.route)
    throw invalid(`A mock_response cannot answer ${route}.`, 'model');
  const hold = await ports.budgets.reserve(
    { call: call.id, limits: scopes.limits, scopes: scopes.names, quote: () => ({ hold: noMoney }) },
    call.signal,
  );
  const attempt = Object.assign(bill.begin(deployment, { price: freePrice, assumed: false }, hold), serving.step);
  const answer = mockAnswer(call, deployment);
  attempt.stage = 'answering';
  attempt.meter.seeWhole(answer);
  bill.firstToken();
  const cost = await bill.settle('done');
  const headers = answerHeaders(ports, {
    callId: call.id,
    caller: call.caller,
    deployment,
    group: serving.route.group,
    attempts: bill.attempts,
    cost,
    overheadMs: ports.clock.monotonic() - call.started,
    outputLimit: undefined,
    dropped: [],
    rateHeaders: serving.rateHeaders,
    provider: {},
  });
  if (!call.outline.stream) {
    sink.send(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(call.client.writeAnswer(answer)));
    return;
  }
  sendAsStream(sink, { client: call.client, request: call.client.readRequest(call.body), answer, headers });
}

/** Its tokens are estimated by size: there is nothing to bill. */
function mockAnswer(call: Call, deployment: Deployment): ChatAnswer {
  const text = deployment.config.mockResponse ?? '';
  const usage = { ...noUsage, input: Math.ceil(call.raw.length / 4), output: Math.ceil(text.length / 4) };
  return {
    id: `chatcmpl-${randomUUID()}`,
    model: call.outline.model,
    created: Math.floor(Date.now() / 1000),
    parts: [{ type: 'text', text }],
    reason: 'stop',
    usage,
  };
}
