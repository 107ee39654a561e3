import type { AnswerFormat, Effort, Reasoning, Setting, Settings } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, numberIn, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

type JsonType = 'number' | 'string' | 'boolean' | 'object';

/** Settings that have the same meaning here, with OpenAI's names and types. `top_k` is not OpenAI's but many servers' own. */
const plain = {
  temperature: ['temperature', 'number'],
  topP: ['top_p', 'number'],
  topK: ['top_k', 'number'],
  seed: ['seed', 'number'],
  presencePenalty: ['presence_penalty', 'number'],
  frequencyPenalty: ['frequency_penalty', 'number'],
  logitBias: ['logit_bias', 'object'],
  logprobs: ['logprobs', 'boolean'],
  topLogprobs: ['top_logprobs', 'number'],
  choices: ['n', 'number'],
  parallelTools: ['parallel_tool_calls', 'boolean'],
  verbosity: ['verbosity', 'string'],
  user: ['user', 'string'],
  serviceTier: ['service_tier', 'string'],
} as const satisfies Partial<Record<Setting, readonly [field: string, type: JsonType]>>;

const plainSettings = Object.entries(plain);

/** All but `topK`, which OpenAI refuses, and `choices`: only one answer is read. */
export const expresses: ReadonlySet<Setting> = new Set<Setting>([
  ...(Object.keys(plain) as (keyof typeof plain)[]).filter((name) => name !== 'topK' && name !== 'choices'),
  'maxOutput',
  'stop',
  'format',
  'reasoning',
]);

export const settingFields: readonly string[] = [
  ...plainSettings.map(([, [field]]) => field),
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'include_reasoning',
];

export function readSettings(body: JsonObject): Settings {
  const read: Record<string, Json> = {};
  for (const [setting, [field, type]] of plainSettings) {
    const value = body[field];
    if (value == null || (field === 'n' && value === 1)) continue;
    if (type === 'object' ? !isObject(value) : typeof value !== type)
      throw invalid(`${field} must be a ${type}.`, field);
    read[setting] = value;
  }
  return {
    ...(read as Settings), // each was checked against its type above
    ...defined({
      maxOutput: readLimit(body),
      stop: readStop(body.stop),
      format: readFormat(body.response_format),
      reasoning: readReasoning(body),
    }),
  };
}

/** Of two limits the lower: a client that gives both means neither to be passed. */
export function readLimit(body: JsonObject): number | undefined {
  const limits = ['max_completion_tokens', 'max_tokens'].flatMap((field) => {
    const limit = body[field];
    if (limit == null) return [];
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) {
      throw invalid(`${field} must be a whole number above zero.`, field);
    }
    return [limit];
  });
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

function readStop(stop: Json | undefined): readonly string[] | undefined {
  if (stop == null) return undefined;
  const list = isArray(stop) ? stop : [stop];
  const words = list.filter((word) => typeof word === 'string');
  if (words.length < list.length) throw invalid('stop must be a string or a list of strings.', 'stop');
  return words.length > 0 ? words : undefined;
}

function readFormat(format: Json | undefined): AnswerFormat | undefined {
  if (format == null) return undefined;
  const { type, json_schema } = objectIn(format);
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') {
    throw invalid('response_format.type must be "text", "json_object" or "json_schema".', 'response_format');
  }
  const { name, description, schema, strict } = objectIn(json_schema);
  if (!isObject(schema)) throw invalid('response_format.json_schema.schema is missing.', 'response_format');
  return defined({
    type: 'json-schema' as const,
    name: stringIn(name),
    description: stringIn(description),
    schema,
    strict: typeof strict === 'boolean' ? strict : undefined,
  });
}

const efforts: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
const isEffort = (word: string): word is Effort => efforts.has(word);

/** OpenAI's `reasoning_effort`, OpenRouter's `reasoning` and `include_reasoning`, and LiteLLM's `thinking`. */
function readReasoning(body: JsonObject): Reasoning | undefined {
  const open = objectIn(body.reasoning);
  const thinking = objectIn(body.thinking);
  const off = thinking.type === 'disabled' || open.enabled === false;
  const word = effortIn(body.reasoning_effort) ?? effortIn(open) ?? (off ? 'none' : undefined);
  const budget =
    numberIn(open.max_tokens) ?? (thinking.type === 'enabled' ? numberIn(thinking.budget_tokens) : undefined);
  const bare = open.enabled === true && budget === undefined ? 'medium' : undefined; // what OpenRouter takes it for
  const hidden = open.exclude === true || body.include_reasoning === false;
  const reasoning = defined({
    effort: word ?? bare,
    budget,
    adaptive: thinking.type === 'adaptive' ? true : undefined,
    show: hidden ? false : open.exclude === false || body.include_reasoning === true ? true : undefined,
  });
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

/** LiteLLM also takes an object here, as OpenAI's Responses have it. */
function effortIn(value: Json | undefined): Effort | undefined {
  const word = stringIn(isObject(value) ? value.effort : value);
  if (word === undefined) return undefined;
  if (!isEffort(word))
    throw invalid(`"${word}" is no reasoning effort: use ${[...efforts].join(', ')}.`, 'reasoning_effort');
  return word;
}

export function writeSettings(settings: Settings): JsonObject {
  const written: Record<string, Json | undefined> = {};
  for (const [setting, [field]] of plainSettings) written[field] = settings[setting as keyof typeof plain];
  const { maxOutput, stop, format, reasoning } = settings;
  return defined({
    ...written,
    max_tokens: maxOutput,
    stop,
    response_format: format && writeFormat(format),
    ...(reasoning && writeReasoning(reasoning)),
  });
}

const writeFormat = (format: AnswerFormat): JsonObject =>
  format.type === 'json'
    ? { type: 'json_object' }
    : {
        type: 'json_schema',
        json_schema: defined({
          name: format.name ?? 'answer', // OpenAI requires one
          description: format.description,
          schema: format.schema,
          strict: format.strict,
        }),
      };

/** A budget goes out as LiteLLM's `thinking`, which each provider turns into its own word. */
function writeReasoning({ effort, budget, adaptive }: Reasoning): Record<string, Json | undefined> {
  const thinking = budget === undefined ? undefined : { type: 'enabled', budget_tokens: budget };
  return {
    reasoning_effort: effort === 'max' ? 'xhigh' : effort, // OpenAI's highest
    thinking: thinking ?? (adaptive ? { type: 'adaptive' } : undefined),
  };
}

/** Sets the limit where the body has it already: some models refuse the old name, some servers the new one. */
export function limitOutput(body: JsonObject, tokens: number): JsonObject {
  const limits = ['max_completion_tokens', 'max_tokens'].filter((field) => body[field] != null);
  const fields = limits.length > 0 ? limits : ['max_tokens'];
  return { ...body, ...Object.fromEntries(fields.map((field) => [field, tokens])) };
}
