import type { AnswerFormat, Effort, Reasoning, Setting, Settings } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isObject, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** Settings with the same meaning here, by their names and types. */
const plain = {
  maxOutput: ['max_output_tokens', 'number'],
  temperature: ['temperature', 'number'],
  topP: ['top_p', 'number'],
  topLogprobs: ['top_logprobs', 'number'],
  parallelTools: ['parallel_tool_calls', 'boolean'],
  user: ['user', 'string'],
  serviceTier: ['service_tier', 'string'],
} as const satisfies Partial<Record<Setting, readonly [field: string, type: 'number' | 'boolean' | 'string']>>;

const plainSettings = Object.entries(plain);

export const expresses: ReadonlySet<Setting> = new Set<Setting>([
  ...(Object.keys(plain) as (keyof typeof plain)[]),
  'format',
  'verbosity',
  'reasoning',
]);

export const settingFields: readonly string[] = [...plainSettings.map(([, [field]]) => field), 'text', 'reasoning'];

export function readSettings(body: JsonObject): Settings {
  const read: Record<string, Json> = {};
  for (const [setting, [field, type]] of plainSettings) {
    const value = body[field];
    if (value == null || (field === 'top_logprobs' && value === 0)) continue;
    if (typeof value !== type) throw invalid(`${field} must be a ${type}.`, field);
    read[setting] = value;
  }
  const { format, verbosity } = objectIn(body.text);
  return {
    ...(read as Settings), // each was checked against its type above
    ...defined({
      format: readFormat(format),
      verbosity: stringIn(verbosity),
      reasoning: readReasoning(objectIn(body.reasoning)),
    }),
  };
}

function readFormat(format: Json | undefined): AnswerFormat | undefined {
  if (format == null) return undefined;
  const { type, name, description, schema, strict } = objectIn(format);
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema')
    throw invalid('text.format.type must be "text", "json_object" or "json_schema".', 'text.format');
  if (!isObject(schema)) throw invalid('text.format.schema is missing.', 'text.format.schema');
  return defined({
    type: 'json-schema' as const,
    name: stringIn(name),
    description: stringIn(description),
    schema,
    strict: typeof strict === 'boolean' ? strict : undefined,
  });
}

const efforts: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** `summary` says whether the client wants to see it; Codex sends it alone, for models whose effort it does not know. */
function readReasoning({ effort, summary, generate_summary }: JsonObject): Reasoning | undefined {
  const known = efforts.find((word) => word === effort);
  if (effort != null && known === undefined)
    throw invalid(`reasoning.effort must be one of ${efforts.join(', ')}.`, 'reasoning.effort');
  const shown = stringIn(summary) ?? stringIn(generate_summary); // the second is OpenAI's older name
  const reasoning = defined({ effort: known, show: shown === undefined ? undefined : shown !== 'none' });
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

export function writeSettings(settings: Settings): JsonObject {
  const written: Record<string, Json | undefined> = {};
  for (const [setting, [field]] of plainSettings) written[field] = settings[setting as keyof typeof plain];
  const { format, verbosity, reasoning } = settings;
  const text = defined({ format: format && writeFormat(format), verbosity });
  return defined({
    ...written,
    text: Object.keys(text).length > 0 ? text : undefined,
    reasoning: reasoning && writeReasoning(reasoning),
  });
}

const writeFormat = (format: AnswerFormat): JsonObject =>
  format.type === 'json'
    ? { type: 'json_object' }
    : defined({
        type: 'json_schema',
        name: format.name ?? 'answer', // OpenAI requires one
        description: format.description,
        schema: format.schema,
        strict: format.strict,
      });

/**
 * A summary is asked for where the client wants to see thinking, or speaks of it in budgets, as those do that show it.
 * For an effort alone it is not: OpenAI gives summaries of some models only to organisations it has verified.
 */
function writeReasoning({ effort, budget, adaptive, show }: Reasoning): JsonObject | undefined {
  const word = effort ?? effortFor(budget);
  const wanted = show ?? (budget !== undefined || adaptive === true);
  const reasoning = defined({
    effort: word === 'max' ? 'xhigh' : word, // OpenAI's highest
    summary: wanted && word !== 'none' ? 'auto' : undefined,
  });
  return Object.keys(reasoning).length > 0 ? reasoning : undefined;
}

function effortFor(budget: number | undefined): Effort | undefined {
  if (budget === undefined) return undefined;
  if (budget < 4096) return 'low';
  return budget < 16_384 ? 'medium' : 'high';
}

export const limitOutput = (body: JsonObject, tokens: number): JsonObject => ({ ...body, max_output_tokens: tokens });
