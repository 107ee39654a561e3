import * as z from 'zod';
import { noUsage, type Usage } from '../chat/chat.ts';
import { Failure, invalid } from '../chat/failure.ts';
import { toDollars } from '../chat/money.ts';
import { readUsage as readAnthropic } from '../dialects/anthropic/usage.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { readUsage } from '../dialects/openai-chat/usage.ts';
import type { Ports } from '../gateway/ports.ts';
import { mayUse } from '../keys/virtual-key.ts';
import { isObject, type JsonObject, objectIn, stringIn } from '../lib/json.ts';
import { costOf } from '../pricing/cost.ts';
import { checked } from './key-fields.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** What a call would cost, without making it. */
export const costRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/cost/estimate'], access: 'key', run: estimate },
  { method: 'post', paths: ['/spend/calculate'], access: 'key', run: calculate },
];

const count = z.number().int().nonnegative();
const estimateFields = z.strictObject({
  model: z.string().min(1),
  input_tokens: count,
  output_tokens: count,
  num_requests_per_day: count.nullish(),
  num_requests_per_month: count.nullish(),
});

/** For so many tokens, and for so many calls a day and a month. What is billed for the request itself is counted to its input. */
async function estimate(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const asked = checked(estimateFields, ask.body);
  const { deployment, price } = await priced(ports, ask, asked.model);
  const usage = { ...noUsage, input: asked.input_tokens, output: asked.output_tokens };
  const whole = costOf(usage, price);
  const input = costOf({ ...usage, output: 0 }, price);
  const { num_requests_per_day: daily = null, num_requests_per_month: monthly = null } = asked;
  const times = (calls: number | null) => (amount: number) => (calls === null ? null : dollars(amount * calls));
  return {
    ...asked,
    num_requests_per_day: daily,
    num_requests_per_month: monthly,
    ...costs('cost_per_request', ['input_cost_per_request', 'output_cost_per_request'], { whole, input }, dollars),
    margin_cost_per_request: 0,
    ...costs('daily_cost', ['daily_input_cost', 'daily_output_cost'], { whole, input }, times(daily)),
    ...costs('monthly_cost', ['monthly_input_cost', 'monthly_output_cost'], { whole, input }, times(monthly)),
    input_cost_per_token: price.input / 1e12,
    output_cost_per_token: price.output / 1e12,
    provider: deployment.provider.name,
    price_source: price.source,
  };
}

const dollars = (nano: number): number => nano / 1e9;

const costs = (
  all: string,
  [ofInput, ofOutput]: readonly [string, string],
  { whole, input }: { readonly whole: number; readonly input: number },
  shown: (amount: number) => number | null,
): Record<string, number | null> => ({
  [all]: shown(whole),
  [ofInput]: shown(input),
  [ofOutput]: shown(whole - input),
});

const calculateFields = z
  .strictObject({
    model: z.string().min(1),
    messages: z.array(z.unknown()),
    completion_response: z.record(z.string(), z.unknown()),
  })
  .partial();

/** The cost of an answer, by its usage; without one, of a prompt. */
async function calculate(ports: Ports, ask: AdminAsk): Promise<unknown> {
  const asked = checked(calculateFields, ask.body);
  const answer = asked.completion_response as JsonObject | undefined;
  const model = asked.model ?? stringIn(answer?.model);
  if (model === undefined) throw invalid('Say which model, in model or in completion_response.model.', 'model');
  const { price } = await priced(ports, ask, model);
  if (answer) return { cost: toDollars(costOf(usageIn(answer), price)) };
  if (!asked.messages) throw invalid('Give messages, or a completion_response with its usage.', 'messages');
  const input = await ports.tokens.countRequest(openaiChat.readRequest({ ...ask.body, model }));
  return { cost: toDollars(costOf({ ...noUsage, input }, price)) };
}

/** In OpenAI's terms or in Anthropic's. */
function usageIn({ usage, service_tier: tier }: JsonObject): Usage {
  const told = objectIn(usage);
  const found = readUsage(told, tier) ?? (isObject(usage) && 'input_tokens' in told ? readAnthropic(told) : undefined);
  if (found) return found;
  throw invalid(
    'completion_response.usage must tell prompt_tokens and completion_tokens.',
    'completion_response.usage',
  );
}

/** The first deployment of a name, and its price. Throws `invalid-request` for one that nothing serves or that has no known price. */
async function priced(ports: Ports, { caller: { key } }: AdminAsk, model: string) {
  if (key !== undefined && !mayUse(key, model)) {
    throw new Failure('forbidden', `The model '${model}' is not available for this API key.`, { param: 'model' });
  }
  await ports.prices.warm();
  const [deployment] = ports.catalog().find(model, key?.aliases ?? {}).deployments;
  const found = deployment?.price();
  if (deployment === undefined || found?.price === undefined || found.assumed) {
    throw invalid(
      `The price of '${model}' is not known. Give it input_cost_per_token and output_cost_per_token in the configuration.`,
      'model',
    );
  }
  return { deployment, price: found.price };
}
