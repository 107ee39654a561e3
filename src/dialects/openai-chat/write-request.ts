import type { ChatRequest, MediaPart, Part, TextPart, ToolResultPart, Turn } from '../../chat/chat.ts';
import type { JsonObject } from '../../lib/json.ts';
import { cacheControl, isContent, writeContent, writeContentPart } from './content.ts';
import { writeAssistant } from './message.ts';
import { writeSettings } from './settings.ts';
import { writeTool, writeToolChoice } from './tools.ts';
import { own } from './wire.ts';

export function writeRequest(request: ChatRequest): JsonObject {
  const { model, turns, tools, toolChoice, settings, stream, extras } = request;
  return {
    ...extras?.[own],
    model,
    messages: turns.flatMap(writeTurn),
    ...(tools.length > 0 && { tools: tools.map(writeTool) }),
    ...(toolChoice && tools.length > 0 && { tool_choice: writeToolChoice(toolChoice) }),
    ...writeSettings(settings),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  };
}

function writeTurn({ role, parts, name }: Turn): readonly JsonObject[] {
  const named = name === undefined ? {} : { name };
  switch (role) {
    case 'system':
      return [{ role, content: joined(parts.filter(isContent), '\n\n'), ...named }];
    case 'assistant': {
      const message = writeAssistant(parts);
      // Strict servers refuse null without calls.
      return [{ ...message, content: message.content ?? (message.tool_calls ? null : ''), ...named }];
    }
    case 'user':
      return writeUser(parts, named);
  }
}

/** Results come first, since OpenAI wants them right after their calls; then what they showed, then what was said. */
function writeUser(parts: readonly Part[], named: JsonObject): readonly JsonObject[] {
  const results = parts.filter((part) => part.type === 'tool-result');
  const content = parts.filter(isContent);
  const shown = results.flatMap(writeShown);
  return [
    ...results.map(writeResult),
    ...(shown.length > 0 ? [{ role: 'user', content: shown.map(writeContentPart) }] : []),
    ...(content.length > 0 || results.length === 0 ? [{ role: 'user', content: writeContent(content), ...named }] : []),
  ];
}

function writeResult({ id, parts, cache }: ToolResultPart): JsonObject {
  const texts = parts.filter((part) => part.type === 'text');
  const text =
    texts.length > 0 || parts.length === 0 ? joined(texts, '\n') : 'The content follows in the next message.';
  const content = cache ? [{ type: 'text', text, cache_control: cacheControl(cache) }] : text;
  return { role: 'tool', tool_call_id: id, content };
}

/** Media in a result, which a tool's message cannot hold. */
function writeShown({ id, parts }: ToolResultPart): readonly (TextPart | MediaPart)[] {
  const media = parts.filter((part) => part.type === 'media');
  return media.length > 0 ? [{ type: 'text', text: `Content of the result of tool call ${id}:` }, ...media] : [];
}

/** Texts as one, since not every server reads lists here; as a list where a mark must keep its place. */
function joined(parts: readonly (TextPart | MediaPart)[], between: string): string | readonly JsonObject[] {
  const isPlain = parts.every((part) => part.type === 'text' && !part.cache);
  if (!isPlain) return parts.map(writeContentPart);
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join(between);
}
