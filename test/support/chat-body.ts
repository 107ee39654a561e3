import { isArray, isObject, objectIn, objectsIn, parseJson, stringIn } from '../../src/lib/json.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';

/** What an OpenAI-shaped request asks for, in one form for all providers that speak the format with their own words. */
export interface Asked {
  /** The content: what the model reads. White space at joints does not count. */
  readonly content: Readonly<Record<'system' | 'turns' | 'tools' | 'toolChoice' | 'format', unknown>>;
  /** The settings, by OpenAI's names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export function asked(body: JsonObject): Asked {
  const messages = objectsIn(body.messages);
  const isSystem = (message: JsonObject): boolean => message.role === 'system' || message.role === 'developer';
  return {
    content: {
      system: messages
        .filter(isSystem)
        .map((message) => squeezed(textOf(message.content)))
        .join(''),
      turns: turnsOf(messages.filter((message) => !isSystem(message))),
      tools: objectsIn(body.tools).map(toolOf),
      toolChoice: toolChoiceOf(body.tool_choice),
      format: objectIn(body.response_format),
    },
    settings: {
      limit: body.max_completion_tokens ?? body.max_tokens,
      stop: typeof body.stop === 'string' ? [body.stop] : body.stop,
      temperature: body.temperature,
      top_p: body.top_p,
      seed: body.seed ?? body.random_seed,
      frequency_penalty: body.frequency_penalty,
      presence_penalty: body.presence_penalty,
      stream: body.stream === true,
    },
  };
}

/** Messages of one side in a row make one turn; a tool's result is the user's. */
function turnsOf(messages: readonly JsonObject[]): readonly unknown[] {
  const turns: { side: string; items: unknown[] }[] = [];
  for (const message of messages) {
    const side = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.side === side) last.items.push(...itemsOf(message));
    else turns.push({ side, items: itemsOf(message) });
  }
  return turns.map(({ side, items }) => ({ side, items: joinedTexts(items) }));
}

function itemsOf(message: JsonObject): unknown[] {
  if (message.role === 'tool') return [{ result: message.tool_call_id, value: squeezed(textOf(message.content)) }];
  const content = isArray(message.content) ? objectsIn(message.content) : [textPart(message.content)];
  const calls = objectsIn(message.tool_calls).map((call) => {
    const { name, arguments: input } = objectIn(call.function);
    return { call: call.id, name, input: parseJson(stringIn(input) ?? '') };
  });
  return [...content.flatMap(partOf), ...calls];
}

const textPart = (text: Json | undefined): JsonObject => ({ type: 'text', text: text ?? '' });

function partOf(part: JsonObject): unknown[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [squeezed(stringIn(part.text) ?? '')];
    case 'image_url':
      return [{ image: objectIn(part.image_url).url ?? part.image_url }];
    default:
      return []; // thinking, which is compared nowhere
  }
}

function joinedTexts(items: readonly unknown[]): readonly unknown[] {
  const joined: unknown[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (typeof item === 'string' && typeof last === 'string') joined[joined.length - 1] = last + item;
    else joined.push(item);
  }
  return joined;
}

function toolOf(tool: JsonObject): unknown {
  const { name, description = '', parameters } = objectIn(tool.function);
  return { name, description, properties: objectIn(parameters).properties, required: objectIn(parameters).required };
}

function toolChoiceOf(choice: Json | undefined): unknown {
  if (choice === 'auto') return undefined;
  if (choice === 'any') return 'required';
  return isObject(choice) ? objectIn(choice.function).name : choice;
}

const textOf = (content: Json | undefined): string =>
  typeof content === 'string'
    ? content
    : objectsIn(content)
        .map((part) => stringIn(part.text) ?? '')
        .join('');

const squeezed = (text: string): string => text.replace(/\s+/g, '');
