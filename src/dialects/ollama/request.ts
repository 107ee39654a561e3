import type {
  AnswerFormat,
  ChatRequest,
  Effort,
  MediaPart,
  Settings,
  Tool,
  ToolResultPart,
  Turn,
} from '../../chat/chat.ts';
import { callNames } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, objectIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { callArguments } from '../call-arguments.ts';

/** The body of /api/chat. Ollama knows no tool choice but to leave the tools out. */
export function writeRequest(request: ChatRequest): JsonObject {
  const { model, settings, stream } = request;
  const names = callNames(request.turns);
  const tools = request.toolChoice?.type === 'none' ? [] : request.tools;
  return defined({
    ...request.extras?.['ollama'],
    model,
    messages: request.turns.flatMap((turn) => writeTurn(turn, names)),
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    format: writeFormat(settings.format),
    think: writeThink(settings.reasoning?.effort, model),
    options: writeOptions(settings),
    stream,
  });
}

export const limitOutput = (body: JsonObject, tokens: number): JsonObject => ({
  ...body,
  options: { ...objectIn(body['options']), num_predict: tokens },
});

/** Results are messages of their own, and stand before what the user says beside them. */
function writeTurn(turn: Turn, names: ReadonlyMap<string, string>): readonly JsonObject[] {
  const results = turn.parts.filter((part) => part.type === 'tool-result').map((part) => writeResult(part, names));
  const message = writeMessage(turn);
  return message ? [...results, message] : results;
}

function writeMessage({ role, parts }: Turn): JsonObject | undefined {
  const content = textOf(parts);
  const thinking = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.id, function: { name: part.name, arguments: callArguments(part.input) } }]
      : [],
  );
  const images = imagesOf(parts);
  if (content === '' && thinking === '' && calls.length === 0 && images.length === 0) return undefined;
  return {
    role,
    content,
    ...(thinking !== '' && { thinking }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function writeResult(part: ToolResultPart, names: ReadonlyMap<string, string>): JsonObject {
  const images = imagesOf(part.parts);
  return defined({
    role: 'tool',
    content: textOf(part.parts),
    tool_name: part.name ?? names.get(part.id),
    tool_call_id: part.id,
    images: images.length > 0 ? images : undefined,
  });
}

const textOf = (parts: Turn['parts']): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');

const imagesOf = (parts: Turn['parts']): readonly string[] =>
  parts.flatMap((part) => (part.type === 'media' ? [imageData(part)] : []));

function imageData({ kind, data, url }: MediaPart): string {
  if (kind !== 'image') throw invalid('Ollama takes text and images only, no other files.', 'messages');
  if (data !== undefined) return data;
  const where = url === undefined ? 'a file id' : 'an address on the web';
  throw invalid(`Ollama cannot fetch images: send the image itself as a base64 data URL, not ${where}.`, 'messages');
}

const writeTool = ({ name, description, schema }: Tool): JsonObject => ({
  type: 'function',
  function: defined({ name, description, parameters: schema ?? { type: 'object', properties: {} } }),
});

function writeFormat(format: AnswerFormat | undefined): Json | undefined {
  return format?.type === 'json-schema' ? format.schema : format && 'json';
}

/**
 * On or off; gpt-oss takes a level instead and cannot be stopped (https://docs.ollama.com/capabilities/thinking). Models
 * that can think do so unasked and the others refuse the word, so only an effort is passed on: assistants send a thinking
 * budget to every model.
 */
function writeThink(effort: Effort | undefined, model: string): Json | undefined {
  if (!model.includes('gpt-oss')) return effort && effort !== 'none';
  switch (effort) {
    case undefined:
      return undefined;
    case 'none':
    case 'minimal':
    case 'low':
      return 'low';
    case 'medium':
      return 'medium';
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high';
  }
}

function writeOptions(settings: Settings): JsonObject | undefined {
  const options = defined({
    num_predict: settings.maxOutput,
    temperature: settings.temperature,
    top_p: settings.topP,
    top_k: settings.topK,
    stop: settings.stop,
    seed: settings.seed,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
  });
  return Object.keys(options).length > 0 ? options : undefined;
}
