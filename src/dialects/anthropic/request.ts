import type { AnswerFormat, ChatRequest, Effort, Reasoning, Settings, Tool, ToolChoice } from '../../chat/chat.ts';
import { Failure, invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, numberIn, objectIn, objectsIn, stringIn, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readCache, readMessage, readSystem } from './read-turns.ts';

/** Reads a request that goes to another dialect; what Anthropic alone could do is named in `unknown`. */
export function readRequest(body: JsonObject): ChatRequest {
  refuseThread(body);
  const model = stringIn(body.model);
  if (!model) throw invalid('The request names no model.', 'model');
  if (!isArray(body.messages)) throw invalid('`messages` must be a list.', 'messages');

  const tools = objectsIn(body.tools);
  const toolChoice = readToolChoice(objectIn(body.tool_choice));
  return {
    model,
    turns: [...readSystem(body.system), ...body.messages.map(readMessage)],
    tools: tools.filter(isCustom).map(readTool),
    ...(toolChoice && { toolChoice }),
    settings: readSettings(body),
    stream: body.stream === true,
    wantsUsage: true,
    unknown: [
      ...Object.keys(body).filter((name) => !known.has(name) && !isNothing(body[name])),
      ...tools.filter((tool) => !isCustom(tool)).map((tool) => `tools.${stringIn(tool.type) ?? '?'}`),
    ],
  };
}

/** Fields that are read, and those that change nothing but cost, place or history when another provider answers. */
const known: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'cache_control',
  'context_management',
  'diagnostics',
  'fallbacks',
  'speed',
  'betas',
]);

const isNothing = (value: unknown): boolean => value == null || (isArray(value) && value.length === 0);

/** The words by which Anthropic's SDKs know that they must send the whole conversation (seen in their tool runner). */
function refuseThread({ thread }: JsonObject): void {
  if (thread == null) return;
  throw new Failure(
    'invalid-request',
    'Message threads are kept by Anthropic alone, and this model is served elsewhere.',
    {
      param: 'thread',
      details: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
    },
  );
}

const isCustom = ({ type }: JsonObject): boolean => type == null || type === 'custom';

function readTool(tool: JsonObject, index: number): Tool {
  const name = stringIn(tool.name);
  if (!name) throw invalid('The tool has no name.', `tools.${index}.name`);
  const facts = without(tool, 'type', 'name', 'description', 'input_schema', 'strict', 'cache_control');
  return {
    name,
    ...defined({ description: stringIn(tool.description), cache: readCache(tool) }),
    ...(isObject(tool.input_schema) && { schema: tool.input_schema }),
    ...(typeof tool.strict === 'boolean' && { strict: tool.strict }),
    ...(Object.keys(facts).length > 0 && { extras: { anthropic: facts } }),
  };
}

function readToolChoice({ type, name }: JsonObject): ToolChoice | undefined {
  switch (type) {
    case undefined:
      return undefined;
    case 'auto':
    case 'none':
      return { type };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type: 'named', name: stringIn(name) ?? '' };
    default:
      throw invalid('`tool_choice.type` must be auto, any, tool or none.', 'tool_choice.type');
  }
}

function readSettings(body: JsonObject): Settings {
  const output = objectIn(body.output_config);
  const tier = stringIn(body.service_tier);
  return defined({
    maxOutput: numberIn(body.max_tokens),
    temperature: numberIn(body.temperature),
    topP: numberIn(body.top_p),
    topK: numberIn(body.top_k),
    stop: isArray(body.stop_sequences) ? body.stop_sequences.filter((text) => typeof text === 'string') : undefined,
    parallelTools: objectIn(body.tool_choice).disable_parallel_tool_use === true ? false : undefined,
    format: readFormat(objectIn(output.format ?? body.output_format)),
    reasoning: readReasoning(objectIn(body.thinking), stringIn(output.effort)),
    user: readUser(stringIn(objectIn(body.metadata).user_id)),
    serviceTier: tier === 'standard_only' ? 'default' : tier,
  });
}

const readFormat = ({ type, schema }: JsonObject): AnswerFormat | undefined =>
  type === 'json_schema' && isObject(schema) ? { type: 'json-schema', schema } : undefined;

function readReasoning(thinking: JsonObject, effort: string | undefined): Reasoning | undefined {
  if (thinking.type === 'disabled') return { effort: 'none' };
  const isShown = { summarized: true, omitted: false }[stringIn(thinking.display) ?? ''];
  const reasoning = defined({
    effort: efforts.find((known) => known === effort),
    budget: thinking.type === 'enabled' ? numberIn(thinking.budget_tokens) : undefined,
    adaptive: thinking.type === 'adaptive' ? true : undefined,
    show: isShown,
  });
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

const efforts: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Claude Code's id is a JSON text that names a device and a session, not a user. */
const readUser = (id: string | undefined): string | undefined => (id?.startsWith('{') ? undefined : id);
