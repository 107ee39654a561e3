import type { CacheMark, MediaPart, Part, TextPart, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { isArray, isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readPart } from './answer.ts';

/** The system prompt as a turn. Claude Code's billing line changes with every call, and would spoil other providers' caches. */
export function readSystem(system: Json | undefined): readonly Turn[] {
  const parts = readContent(system, 'system').filter(
    (part) => part.type !== 'text' || !part.text.startsWith('x-anthropic-billing-header:'),
  );
  return parts.length > 0 ? [{ role: 'system', parts }] : [];
}

export function readMessage(message: Json, index: number): Turn {
  const place = `messages.${index}`;
  if (!isObject(message)) throw invalid('A message must be an object.', place);
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid('The role of a message must be user, assistant or system.', `${place}.role`);
  }
  return { role, parts: readContent(content, `${place}.content`) };
}

export function readCache({ cache_control }: JsonObject): CacheMark | undefined {
  if (!isObject(cache_control)) return undefined;
  const { ttl } = cache_control;
  return ttl === '1h' || ttl === '5m' ? { ttl } : {};
}

function readContent(content: Json | undefined, place: string): readonly Part[] {
  if (content == null) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!isArray(content)) throw invalid('Content must be text or a list of blocks.', place);
  return objectsIn(content).flatMap((block) => withCache(readBlock(block, place), readCache(block)));
}

/** A mark on a block of several parts stands on the last. */
function withCache(parts: readonly Part[], cache: CacheMark | undefined): readonly Part[] {
  const last = parts.at(-1);
  return cache && last ? [...parts.slice(0, -1), { ...last, cache }] : parts;
}

/** Blocks of Anthropic's own tools and servers give no part: what came of them stands in the text after them. */
function readBlock(block: JsonObject, place: string): readonly Part[] {
  switch (block.type) {
    case 'image':
      return [readMedia('image', objectIn(block.source), place)];
    case 'document':
      return readDocument(block, place);
    case 'search_result':
      return [readSearchResult(block)];
    case 'compaction':
      return textPart(block.content);
    case 'tool_reference':
      return textPart(block.tool_name);
    case 'tool_result':
      return [readResult(block, place)];
    default: {
      const part = readPart(block);
      return part ? [part] : [];
    }
  }
}

const textPart = (text: Json | undefined): readonly TextPart[] =>
  typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : [];

function readResult(block: JsonObject, place: string): Part {
  const parts = readContent(block.content, place);
  return {
    type: 'tool-result',
    id: stringIn(block.tool_use_id) ?? '',
    parts: parts.filter((part) => part.type === 'text' || part.type === 'media'),
    ...(block.is_error === true && { isError: true }),
  };
}

function readDocument(block: JsonObject, place: string): readonly Part[] {
  const source = objectIn(block.source);
  if (source.type === 'text') return textPart(source.data);
  if (source.type === 'content') return readContent(source.content, place);
  const name = stringIn(block.title);
  return [{ ...readMedia('file', source, place), ...(name !== undefined && { name }) }];
}

function readMedia(kind: MediaPart['kind'], source: JsonObject, place: string): MediaPart {
  const mediaType = stringIn(source.media_type) ?? (kind === 'file' ? 'application/pdf' : undefined);
  const head = { type: 'media', kind, ...(mediaType !== undefined && { mediaType }) } as const;
  const data = stringIn(source.data);
  if (source.type === 'base64' && data !== undefined) return { ...head, data };
  const url = stringIn(source.url);
  if (source.type === 'url' && url !== undefined) return { ...head, url };
  const fileId = stringIn(source.file_id);
  if (source.type === 'file' && fileId !== undefined) return { ...head, fileId };
  throw invalid('The source of an image or a document must be base64, url, text, content or file.', place);
}

function readSearchResult({ title, source, content }: JsonObject): TextPart {
  const texts = objectsIn(content).map((block) => stringIn(block.text) ?? '');
  return { type: 'text', text: [title, source, ...texts].filter((text) => typeof text === 'string').join('\n') };
}
