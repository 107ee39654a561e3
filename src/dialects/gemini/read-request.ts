import type { AnswerFormat, ChatRequest, Settings, Tool, ToolChoice } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readContents, readSystem } from './read-contents.ts';
import { readSchema } from './schema.ts';
import { readThinking } from './thinking.ts';
import { field, snakeCase } from './wire.ts';

/** A body of generateContent. Its model stands in the path: whoever knows it puts `model` and `stream` into the body. */
export function readRequest(body: JsonObject): ChatRequest {
  const config = objectIn(field(body, 'generationConfig'));
  const toolChoice = readToolChoice(objectIn(field(body, 'toolConfig')));
  const safetySettings = field(body, 'safetySettings');
  return {
    model: stringIn(body['model']) ?? '',
    turns: [...readSystem(field(body, 'systemInstruction')), ...readContents(body['contents'])],
    tools: objectsIn(body['tools'])
      .flatMap((tool) => objectsIn(field(tool, 'functionDeclarations')))
      .map(readTool),
    ...(toolChoice && { toolChoice }),
    settings: readSettings(config),
    stream: body['stream'] === true,
    wantsUsage: true,
    unknown: [
      ...unknownIn(body, known, ''),
      ...unknownTools(body),
      ...unknownIn(config, knownSettings, 'generationConfig.'),
    ],
    ...(safetySettings !== undefined && { extras: { gemini: { safetySettings } } }),
  };
}

const known = [
  'model',
  'stream',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings', // other models have none to set
  'labels', // for Google's bill
];

const knownSettings = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'candidateCount',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
];

function unknownIn(object: JsonObject, names: readonly string[], prefix: string): readonly string[] {
  const expected = new Set([...names, ...names.map(snakeCase)]);
  return Object.keys(object)
    .filter((key) => !expected.has(key))
    .map((key) => `${prefix}${key}`);
}

/** Tools that Google runs itself: search, code execution, and more every year. */
function unknownTools(body: JsonObject): readonly string[] {
  return objectsIn(body['tools']).flatMap((tool) => unknownIn(tool, ['functionDeclarations'], 'tools.'));
}

function readTool(declaration: JsonObject, index: number): Tool {
  const name = stringIn(declaration['name']);
  if (name === undefined)
    throw invalid('A function declaration needs a name.', `tools.functionDeclarations[${index}].name`);
  const schema = field(declaration, 'parametersJsonSchema') ?? declaration['parameters'];
  return defined({
    name,
    description: stringIn(declaration['description']),
    schema: isObject(schema) ? readSchema(schema) : undefined,
  });
}

function readToolChoice(toolConfig: JsonObject): ToolChoice | undefined {
  const config = objectIn(field(toolConfig, 'functionCallingConfig'));
  const allowed = field(config, 'allowedFunctionNames');
  const only = isArray(allowed) && allowed.length === 1 ? stringIn(allowed[0]) : undefined;
  switch (stringIn(config['mode'])?.toUpperCase()) {
    case 'AUTO':
    case 'VALIDATED':
      return { type: 'auto' };
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      return only === undefined ? { type: 'required' } : { type: 'named', name: only };
    default:
      return undefined;
  }
}

function readSettings(config: JsonObject): Settings {
  const logprobs = field(config, 'responseLogprobs');
  return defined({
    maxOutput: numberAt(config, 'maxOutputTokens'),
    temperature: numberAt(config, 'temperature'),
    topP: numberAt(config, 'topP'),
    topK: numberAt(config, 'topK'),
    stop: readStop(field(config, 'stopSequences')),
    seed: numberAt(config, 'seed'),
    presencePenalty: numberAt(config, 'presencePenalty'),
    frequencyPenalty: numberAt(config, 'frequencyPenalty'),
    choices: numberAt(config, 'candidateCount'),
    logprobs: typeof logprobs === 'boolean' ? logprobs : undefined,
    topLogprobs: numberAt(config, 'logprobs'),
    format: readFormat(config),
    reasoning: readThinking(field(config, 'thinkingConfig')),
  });
}

function numberAt(config: JsonObject, name: string): number | undefined {
  const value = field(config, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw invalid(`${name} must be a number.`, `generationConfig.${name}`);
  return value;
}

function readStop(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const stop = isArray(value) ? value.filter((sequence) => typeof sequence === 'string') : [];
  if (!isArray(value) || stop.length < value.length) {
    throw invalid('stopSequences must be a list of strings.', 'generationConfig.stopSequences');
  }
  return stop.length > 0 ? stop : undefined;
}

function readFormat(config: JsonObject): AnswerFormat | undefined {
  const schema = field(config, 'responseJsonSchema') ?? field(config, 'responseSchema');
  if (isObject(schema)) return { type: 'json-schema', schema: readSchema(schema) };
  return field(config, 'responseMimeType') === 'application/json' ? { type: 'json' } : undefined;
}
