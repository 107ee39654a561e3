import type { AnswerFormat, ChatRequest, MediaPart, Part, Reasoning, Tool, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** The body of /v2/chat. */
export function writeRequest(request: ChatRequest): JsonObject {
  const { model, settings, turns, stream } = request;
  const { tools, choice } = writeTools(request);
  return defined({
    model,
    messages: turns.flatMap((turn) => writeTurn(turn, reasons(model))),
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    tool_choice: choice,
    strict_tools: tools.length > 0 && tools.every((tool) => tool.strict) ? true : undefined,
    response_format: writeFormat(settings.format),
    max_tokens: settings.maxOutput,
    temperature: settings.temperature,
    p: settings.topP === undefined ? undefined : Math.min(Math.max(settings.topP, 0.01), 0.99),
    k: settings.topK,
    stop_sequences: settings.stop,
    seed: settings.seed,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
    thinking: reasons(model) ? writeThinking(settings.reasoning) : undefined,
    stream,
  });
}

export const limitOutput = (body: JsonObject, tokens: number): JsonObject => ({ ...body, max_tokens: tokens });

/** The models that take `thinking`; the others answer it with 400, and assistants send a budget to every model. */
const reasons = (model: string): boolean => /reasoning|command-a-plus/.test(model);

/** Results are messages of their own, without images, and stand before what the user says beside them. */
function writeTurn({ role, parts }: Turn, reasoned: boolean): readonly JsonObject[] {
  if (role === 'assistant') return writeAnswer(parts, reasoned);
  const results = parts.filter((part) => part.type === 'tool-result');
  const media = results.flatMap((result) => result.parts.filter((part) => part.type === 'media'));
  const content = writeContent([...media, ...parts]);
  return [
    ...results.map(({ id, parts }) => ({ role: 'tool', tool_call_id: id, content: textOf(parts) })),
    ...(content.length > 0 ? [{ role, content: plain(content) }] : []),
  ];
}

/** What was reasoned goes back as thinking where the model thinks, else as the plan that Cohere's models make for their calls. */
function writeAnswer(parts: readonly Part[], reasoned: boolean): readonly JsonObject[] {
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.input.trim() || '{}' } }]
      : [],
  );
  const reasoning = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const thinking = reasoned && reasoning !== '' ? [{ type: 'thinking', thinking: reasoning }] : [];
  const content = [...thinking, ...writeContent(parts)];
  if (content.length === 0 && calls.length === 0) return [];
  const message = defined({
    role: 'assistant',
    content: content.length > 0 ? plain(content) : undefined,
    tool_plan: !reasoned && calls.length > 0 && reasoning !== '' ? reasoning : undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
  });
  return [message];
}

/** Cohere refuses empty text. */
const writeContent = (parts: readonly Part[]): readonly JsonObject[] =>
  parts.flatMap((part): readonly JsonObject[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    return part.type === 'media' ? [{ type: 'image_url', image_url: { url: imageUrl(part) } }] : [];
  });

/** One text alone needs no list. */
function plain(content: readonly JsonObject[]): Json {
  const [first] = content;
  return content.length === 1 && first?.type === 'text' && first.text !== undefined ? first.text : content;
}

const textOf = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');

function imageUrl({ kind, mediaType = 'image/png', data, url }: MediaPart): string {
  if (kind !== 'image') throw invalid('Cohere takes text and images only, no other files.', 'messages');
  if (data !== undefined) return `data:${mediaType};base64,${data}`;
  if (url !== undefined) return url;
  throw invalid('Cohere keeps no files: send the image itself, not a file id.', 'messages');
}

interface Tools {
  readonly tools: readonly Tool[];
  readonly choice?: 'REQUIRED' | 'NONE';
}

/** Cohere cannot name a tool that must be called, but it can be given no other. */
function writeTools({ tools, toolChoice }: ChatRequest): Tools {
  if (tools.length === 0) return { tools };
  switch (toolChoice?.type) {
    case undefined:
    case 'auto':
      return { tools };
    case 'none':
      return { tools, choice: 'NONE' };
    case 'required':
      return { tools, choice: 'REQUIRED' };
    case 'named':
      return { tools: tools.filter(({ name }) => name === toolChoice.name), choice: 'REQUIRED' };
  }
}

const writeTool = ({ name, description, schema }: Tool): JsonObject => ({
  type: 'function',
  function: defined({ name, description, parameters: schema ?? { type: 'object', properties: {} } }),
});

function writeFormat(format: AnswerFormat | undefined): JsonObject | undefined {
  if (!format) return undefined;
  return format.type === 'json' ? { type: 'json_object' } : { type: 'json_object', json_schema: format.schema };
}

/** On, off, or within a budget: Cohere knows no efforts. */
function writeThinking(reasoning: Reasoning = {}): JsonObject | undefined {
  const { effort, budget } = reasoning;
  if (effort === 'none' || budget === 0) return { type: 'disabled' };
  if (budget !== undefined) return { type: 'enabled', token_budget: budget };
  return effort && { type: 'enabled' };
}
