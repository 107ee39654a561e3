import type { CacheMark, MediaPart, Part, ToolCallPart, ToolResultPart, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { isObject, parseJson, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { writeRedacted } from './answer.ts';
import { isSigned } from './thinking.ts';

/** All system turns, wherever they stand, as one system prompt. */
export const writeSystem = (turns: readonly Turn[]): readonly JsonObject[] =>
  turns.filter((turn) => turn.role === 'system').flatMap((turn) => writeBlocks(turn.parts, false));

/**
 * The other turns as messages whose roles alternate. With `thinks`, reasoning that Anthropic signed goes back to it.
 * Anthropic refuses empty and blank text, so it is left out, and with it turns that hold nothing else.
 */
export function writeMessages(turns: readonly Turn[], thinks: boolean): readonly JsonObject[] {
  const messages: { readonly role: string; content: readonly JsonObject[] }[] = [];
  for (const { role, parts } of turns) {
    if (role === 'system') continue;
    const content = writeBlocks(parts, thinks);
    const last = messages.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content = [...last.content, ...content];
    else messages.push({ role, content });
  }
  if (messages.length === 0) return [{ role: 'user', content: [{ type: 'text', text: '.' }] }]; // it demands a message
  for (const message of messages) if (message.role === 'user') message.content = resultsFirst(message.content);
  const final = messages.at(-1);
  if (final?.role === 'assistant') final.content = trimmedEnd(final.content);
  return messages.map(({ role, content }) => ({ role, content }));
}

export const cacheControl = (cache: CacheMark | undefined): JsonObject =>
  cache
    ? { cache_control: cache.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cache.ttl } }
    : {};

const writeBlocks = (parts: readonly Part[], thinks: boolean): readonly JsonObject[] =>
  parts.map((part) => writeBlock(part, thinks)).filter((block) => block !== undefined);

function writeBlock(part: Part, thinks: boolean): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? undefined : { type: 'text', text: part.text, ...cacheControl(part.cache) };
    case 'reasoning':
      if (!thinks || !isSigned(part.extras?.anthropic)) return undefined;
      return (
        writeRedacted(part) ?? { type: 'thinking', thinking: part.text, signature: part.extras?.anthropic?.signature }
      );
    case 'media':
      return writeMedia(part);
    case 'tool-call':
      return {
        type: 'tool_use',
        id: safeId(part.id),
        name: part.name,
        input: writeInput(part),
        ...cacheControl(part.cache),
      };
    case 'tool-result':
      return writeResult(part);
  }
}

/** Other providers' ids may hold dots and colons (`functions.read:0`); Anthropic takes letters, digits, `_` and `-`. */
export const safeId = (id: string): string => id.replace(/[^\w-]/g, '_') || 'call';

function writeInput({ id, name, input }: ToolCallPart): JsonObject {
  const value = input.trim() === '' ? {} : parseJson(input);
  if (value === null) return {}; // some models write it for a call without arguments
  if (isObject(value)) return value;
  throw invalid(`The arguments of the tool call ${id} to ${name} are not a JSON object.`, 'messages');
}

function writeResult({ id, parts, isError, cache }: ToolResultPart): JsonObject {
  // A mark inside a result counts for the whole: Anthropic takes none on the blocks within.
  const mark = cache ?? parts.find((part) => part.cache)?.cache;
  return {
    type: 'tool_result',
    tool_use_id: safeId(id),
    ...(parts.length > 0 && { content: resultContent(parts) }),
    ...(isError && { is_error: true }),
    ...cacheControl(mark),
  };
}

function resultContent(parts: ToolResultPart['parts']): string | readonly JsonObject[] {
  const [first] = parts;
  if (parts.length === 1 && first?.type === 'text') return first.text;
  return writeBlocks(parts, false).map((block) => without(block, 'cache_control'));
}

function writeMedia(part: MediaPart): JsonObject {
  if (part.kind === 'audio') throw invalid('Claude models take no audio.', 'messages');
  const mediaType = part.mediaType ?? (part.kind === 'image' ? 'image/png' : 'application/pdf');
  if (part.kind === 'image' || mediaType.startsWith('image/')) {
    return { type: 'image', source: writeSource(part, mediaType), ...cacheControl(part.cache) };
  }
  return {
    type: 'document',
    source: writeSource(part, mediaType),
    ...(part.name !== undefined && { title: part.name }),
    ...cacheControl(part.cache),
  };
}

function writeSource({ data, url, fileId }: MediaPart, mediaType: string): JsonObject {
  if (fileId !== undefined) return { type: 'file', file_id: fileId };
  if (data === undefined) return { type: 'url', url: url ?? '' };
  if (!mediaType.startsWith('text/')) return { type: 'base64', media_type: mediaType, data };
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() };
}

/** Anthropic wants the results of its calls before anything else that the user says. */
function resultsFirst(content: readonly JsonObject[]): readonly JsonObject[] {
  const results = content.filter((block) => block.type === 'tool_result');
  return results.length === 0 ? content : [...results, ...content.filter((block) => block.type !== 'tool_result')];
}

/** A prefilled answer may not end in white space. */
function trimmedEnd(content: readonly JsonObject[]): readonly JsonObject[] {
  const last = content.at(-1);
  if (last?.type !== 'text' || typeof last.text !== 'string') return content;
  return [...content.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}
