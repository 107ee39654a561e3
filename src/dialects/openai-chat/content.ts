import type { CacheMark, MediaPart, Part, TextPart } from '../../chat/chat.ts';
import { defined, isObject, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { dataUrl, own } from './wire.ts';

/** A part of a message's content; undefined for a kind this dialect has no words for. */
export function readContentPart(wire: JsonObject): TextPart | MediaPart | undefined {
  if (wire.type === 'text' || wire.type === 'refusal' || wire.type === 'input_text' || wire.type === 'output_text') {
    const text = stringIn(wire.text) ?? stringIn(wire.refusal) ?? '';
    const isRefusal = wire.type === 'refusal';
    return { type: 'text', text, ...cacheIn(wire), ...(isRefusal && { extras: { [own]: { refusal: true } } }) };
  }
  const media = readMediaPart(wire);
  return media && { ...media, ...cacheIn(wire) };
}

/** An image, a sound or a file; undefined for anything else. */
export function readMediaPart(wire: JsonObject): MediaPart | undefined {
  switch (wire.type) {
    case 'image_url': {
      const image = isObject(wire.image_url) ? wire.image_url : { url: wire.image_url };
      const extras = typeof image.detail === 'string' ? { extras: { [own]: { detail: image.detail } } } : {};
      return { type: 'media', kind: 'image', ...place(stringIn(image.url) ?? ''), ...extras };
    }
    case 'input_audio': {
      const { data, format } = objectIn(wire.input_audio);
      const mediaType = `audio/${format === 'mp3' ? 'mpeg' : (stringIn(format) ?? 'wav')}`;
      return { type: 'media', kind: 'audio', mediaType, data: stringIn(data) ?? '' };
    }
    case 'file': {
      const { file_data, file_id, filename } = objectIn(wire.file);
      const content = typeof file_data === 'string' ? place(file_data) : {};
      return {
        type: 'media',
        kind: 'file',
        ...content,
        ...defined({ fileId: stringIn(file_id), name: stringIn(filename) }),
      };
    }
    default:
      return undefined;
  }
}

/** Where the content is: inside a `data:` URL, at an address, or as bare base64, which some clients send as `file_data`. */
function place(text: string): Pick<MediaPart, 'data' | 'mediaType' | 'url'> {
  const inside = dataUrl(text);
  if (inside) return inside;
  return /^\w+:\/\//.test(text) ? { url: text } : { data: text };
}

/** The cache mark of a message, part or tool, as a member of a neutral one; nothing without one. */
export function cacheIn(wire: JsonObject): { readonly cache?: CacheMark } {
  if (!isObject(wire.cache_control)) return {};
  const { ttl } = wire.cache_control;
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} };
}

export const cacheControl = (cache: CacheMark | undefined): JsonObject | undefined =>
  cache && defined({ type: 'ephemeral', ttl: cache.ttl });

/** A message's content: a plain string where one text says it all, since not every server reads lists. */
export function writeContent(parts: readonly (TextPart | MediaPart)[]): Json {
  const [first] = parts;
  if (!first) return '';
  if (parts.length === 1 && first.type === 'text' && !first.cache) return first.text;
  return parts.map(writeContentPart);
}

export function writeContentPart(part: TextPart | MediaPart): JsonObject {
  const body = part.type === 'text' ? { type: 'text', text: part.text } : writeMediaPart(part);
  return part.cache ? { ...body, cache_control: cacheControl(part.cache) } : body;
}

export function writeMediaPart(part: MediaPart): JsonObject {
  if (part.kind === 'audio' && part.data !== undefined) {
    return { type: 'input_audio', input_audio: { data: part.data, format: audioFormat(part.mediaType) } };
  }
  if (part.kind === 'image' && part.fileId === undefined) {
    const detail = part.extras?.[own]?.detail;
    return { type: 'image_url', image_url: defined({ url: address(part, 'image/png'), detail }) };
  }
  const data = part.data ?? part.url;
  const file_data = data === undefined ? undefined : address(part, 'application/pdf');
  // OpenAI asks for a name beside inline data.
  const filename = part.name ?? (part.data === undefined ? undefined : 'file');
  return { type: 'file', file: defined({ file_id: part.fileId, file_data, filename }) };
}

const audioFormat = (mediaType = 'audio/wav'): string => {
  const format = mediaType.slice(mediaType.indexOf('/') + 1).replace(/^x-/, '');
  return format === 'mpeg' ? 'mp3' : format;
};

const address = (part: MediaPart, usualType: string): string =>
  part.data === undefined ? (part.url ?? '') : `data:${part.mediaType ?? usualType};base64,${part.data}`;

export const isContent = (part: Part): part is TextPart | MediaPart => part.type === 'text' || part.type === 'media';
