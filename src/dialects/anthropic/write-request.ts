import type { AnswerFormat, ChatRequest, Setting, Settings, Tool } from '../../chat/chat.ts';
import { defined } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { traitsOf } from './models.ts';
import type { ModelTraits } from './models.ts';
import { closedSchema } from './schema.ts';
import { writeThinking } from './thinking.ts';
import type { Thinking } from './thinking.ts';
import { cacheControl, writeMessages, writeSystem } from './turns.ts';

export const expresses: ReadonlySet<Setting> = new Set<Setting>([
  'maxOutput',
  'temperature',
  'topP',
  'topK',
  'stop',
  'parallelTools',
  'format',
  'reasoning',
  'user',
  'serviceTier',
]);

export function writeRequest(request: ChatRequest): JsonObject {
  const { model, settings, turns, tools } = request;
  const traits = traitsOf(model);
  const thinking = writeThinking(request, traits);
  const system = [...writeSystem(turns), ...formatInstruction(settings.format, traits)];
  const stop = settings.stop?.filter((text) => text.trim() !== ''); // Anthropic refuses blank ones
  return defined({
    model,
    max_tokens: settings.maxOutput ?? Math.max(traits.maxOutput, (thinking.budget ?? 0) + spareOutput),
    system: system.length > 0 ? system : undefined,
    messages: writeMessages(turns, thinking.thinking !== undefined),
    stop_sequences: stop && stop.length > 0 ? stop : undefined,
    ...writeSampling(settings, thinking, traits),
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    tool_choice: tools.length > 0 ? writeToolChoice(request) : undefined,
    thinking: thinking.thinking,
    output_config: writeOutput(settings.format, thinking.effort, traits),
    metadata: writeMetadata(settings.user),
    service_tier: settings.serviceTier === undefined ? undefined : serviceTiers[settings.serviceTier],
    stream: request.stream ? true : undefined,
  });
}

/** A copy with this output limit. A thinking budget stays as it is: a limit not above it is refused by the gateway. */
export const limitOutput = (body: JsonObject, tokens: number): JsonObject => ({ ...body, max_tokens: tokens });

/** What is left for the answer itself where a thinking budget is above the model's usual limit, tokens. */
const spareOutput = 4096;

/** Anthropic's temperature ends at 1, and while it thinks it takes no other, nor a top_p below 0.95. */
export function writeSampling(settings: Settings, { thinking }: Thinking, { samples }: ModelTraits): JsonObject {
  if (!samples) return {};
  const { temperature, topP, topK } = settings;
  if (!thinking) return { temperature: temperature && Math.min(temperature, 1), top_p: topP, top_k: topK };
  return {
    temperature: temperature === 1 ? 1 : undefined,
    top_p: topP !== undefined && topP >= 0.95 ? topP : undefined,
  };
}

/** Without `strict`: that demands more of a schema than OpenAI's. */
const writeTool = ({ name, description, schema, cache, extras }: Tool): JsonObject => ({
  name,
  ...(description !== undefined && { description }),
  input_schema: { ...schema, type: 'object' },
  ...extras?.anthropic,
  ...cacheControl(cache),
});

function writeToolChoice({ toolChoice, settings }: ChatRequest): JsonObject | undefined {
  const alone = settings.parallelTools === false && { disable_parallel_tool_use: true };
  switch (toolChoice?.type) {
    case undefined:
      return alone ? { type: 'auto', ...alone } : undefined;
    case 'none':
      return { type: 'none' };
    case 'auto':
      return { type: 'auto', ...alone };
    case 'required':
      return { type: 'any', ...alone };
    case 'named':
      return { type: 'tool', name: toolChoice.name, ...alone };
  }
}

function writeOutput(
  format: AnswerFormat | undefined,
  effort: string | undefined,
  { schemas }: ModelTraits,
): JsonObject | undefined {
  const isHeld = format?.type === 'json-schema' && schemas;
  if (effort === undefined && !isHeld) return undefined;
  return {
    ...(effort !== undefined && { effort }),
    ...(isHeld && { format: { type: 'json_schema', schema: closedSchema(format.schema) } }),
  };
}

/** Anthropic has no plain JSON mode, and older models no schemas: there the system prompt ends with an instruction. */
export function formatInstruction(format: AnswerFormat | undefined, { schemas }: ModelTraits): readonly JsonObject[] {
  if (!format || (format.type === 'json-schema' && schemas)) return [];
  const schema = format.type === 'json' ? '' : ` It must match this JSON Schema: ${JSON.stringify(format.schema)}`;
  return [{ type: 'text', text: `Answer with one JSON object and nothing else: no prose, no code fence.${schema}` }];
}

/** Anthropic refuses ids over 256 characters and those that look like an e-mail address. */
const writeMetadata = (user: string | undefined): JsonObject | undefined =>
  user === undefined || user === '' || user.length > 256 || user.includes('@') ? undefined : { user_id: user };

/** From OpenAI's words; its other tiers have no counterpart. */
const serviceTiers: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };
