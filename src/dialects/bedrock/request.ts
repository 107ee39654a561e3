import type { AnswerFormat, ChatRequest, Setting, Tool } from '../../chat/chat.ts';
import { defined, objectIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { traitsOf } from '../anthropic/models.ts';
import type { ModelTraits } from '../anthropic/models.ts';
import { closedSchema } from '../anthropic/schema.ts';
import { formatInstruction } from '../anthropic/write-request.ts';
import { cachePoint, calledNames, writeMessages, writeSystem } from './turns.ts';
import { writeSampling } from './sampling.ts';

export const expresses: ReadonlySet<Setting> = new Set<Setting>([
  'maxOutput',
  'temperature',
  'topP',
  'topK',
  'stop',
  'format',
  'reasoning',
  'user',
]);

/** The body of Converse and ConverseStream; the model stands in the path. */
export function writeRequest(request: ChatRequest): JsonObject {
  const { model, settings, turns } = request;
  const traits = traitsOf(model);
  const isClaude = model.includes('claude');
  // Prompt caching is for these two; others refuse the mark.
  const caches = isClaude || model.includes('nova');
  const sampling = writeSampling(request, traits);
  const held = isClaude && traits.schemas ? traits : { ...traits, schemas: false };
  const system = [
    ...writeSystem(turns, caches),
    ...formatInstruction(settings.format, held).map(({ text }) => ({ text })),
  ];
  return defined({
    messages: writeMessages(turns, { caches, thinks: sampling.thinks }),
    system: system.length > 0 ? system : undefined,
    inferenceConfig: sampling.inferenceConfig,
    toolConfig: writeToolConfig(request, isClaude),
    additionalModelRequestFields: sampling.more,
    outputConfig: writeOutputConfig(settings.format, held),
    requestMetadata: writeMetadata(settings.user),
  });
}

export const limitOutput = (body: JsonObject, tokens: number): JsonObject => ({
  ...body,
  inferenceConfig: { ...objectIn(body.inferenceConfig), maxTokens: tokens },
});

/** A history with calls needs its tools described, even where none may be called now. Bedrock has no word for "none". */
function writeToolConfig({ tools, toolChoice, turns }: ChatRequest, marks: boolean): JsonObject | undefined {
  const called = calledNames(turns);
  const offered = toolChoice?.type === 'none' ? tools.filter(({ name }) => called.has(name)) : tools;
  const known = new Set(offered.map(({ name }) => name));
  const forgotten = [...called].filter((name) => !known.has(name)).map((name): Tool => ({ name }));
  const all = [...offered, ...forgotten];
  if (all.length === 0) return undefined;
  return defined({
    tools: all.flatMap((tool) => [writeTool(tool), ...(marks ? cachePoint(tool.cache) : [])]),
    toolChoice: offered.length > 0 ? writeToolChoice(toolChoice) : undefined,
  });
}

const writeTool = ({ name, description, schema }: Tool): JsonObject => ({
  toolSpec: {
    name,
    ...(description !== undefined && description !== '' && { description }),
    inputSchema: { json: { ...schema, type: 'object' } },
  },
});

function writeToolChoice(choice: ChatRequest['toolChoice']): JsonObject | undefined {
  switch (choice?.type) {
    case undefined:
    case 'none':
      return undefined;
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'named':
      return { tool: { name: choice.name } };
  }
}

/** Bedrock wants the schema as text. Where a model cannot be held to one, the system prompt asks for it. */
function writeOutputConfig(format: AnswerFormat | undefined, { schemas }: ModelTraits): JsonObject | undefined {
  if (format?.type !== 'json-schema' || !schemas) return undefined;
  const { name, description, schema } = format;
  const jsonSchema = defined({ name, description, schema: JSON.stringify(closedSchema(schema)) });
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

/** Stands in the account's own log of calls, if it keeps one. */
const writeMetadata = (user: string | undefined): JsonObject | undefined =>
  user !== undefined && /^[\w\s:@$#=/+,.-]{1,256}$/.test(user) ? { user } : undefined;
