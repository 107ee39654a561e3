import type { MediaPart, Part } from '../../chat/chat.ts';
import { isObject, objectIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { callArguments } from '../call-arguments.ts';
import { field, signatureExtras, signatureIn, signed } from './wire.ts';

/** A part of a model's turn; undefined for what Gemini has no place for, and for empty text, which it refuses. */
export function writePart(part: Part): JsonObject | undefined {
  const signature = signed(part.extras);
  switch (part.type) {
    case 'text':
      return part.text === '' && !signature['thoughtSignature'] ? undefined : { text: part.text, ...signature };
    case 'reasoning':
      return { text: part.text, thought: true, ...signature };
    case 'tool-call':
      return { functionCall: { id: part.id, name: part.name, args: callArguments(part.input) }, ...signature };
    case 'media':
      return { ...writeMedia(part), ...signature };
    case 'tool-result':
      return undefined;
  }
}

export function writeMedia(part: MediaPart): JsonObject {
  const mimeType = part.mediaType ?? typeByEnding(part.url ?? part.name);
  if (part.data !== undefined) return { inlineData: { mimeType: mimeType ?? usualTypes[part.kind], data: part.data } };
  return { fileData: { fileUri: part.url ?? part.fileId ?? '', ...(mimeType !== undefined && { mimeType }) } };
}

/** The media in a Gemini part, inline or by reference; undefined when it holds none. */
export function readMedia(part: JsonObject): MediaPart | undefined {
  const inline = field(part, 'inlineData');
  if (isObject(inline)) {
    const data = stringIn(inline['data']) ?? '';
    return { ...mediaHead(inline), data, ...signatureExtras(signatureIn(part)) };
  }
  const file = field(part, 'fileData');
  if (!isObject(file)) return undefined;
  const uri = stringIn(field(file, 'fileUri')) ?? '';
  return {
    ...mediaHead(file),
    ...(kept.test(uri) ? { fileId: uri } : { url: uri }),
    ...signatureExtras(signatureIn(part)),
  };
}

/** Files that only Google can read: uploaded to it, or in its cloud storage. */
const kept = /^(gs:|files\/|https:\/\/generativelanguage\.googleapis\.com\/)/;

function mediaHead(blob: JsonObject): Pick<MediaPart, 'type' | 'kind' | 'mediaType' | 'name'> {
  const mediaType = stringIn(field(blob, 'mimeType'));
  const name = stringIn(field(blob, 'displayName'));
  return {
    type: 'media',
    kind: kindOf(mediaType),
    ...(mediaType !== undefined && { mediaType }),
    ...(name !== undefined && { name }),
  };
}

function kindOf(mediaType: string | undefined): MediaPart['kind'] {
  if (mediaType?.startsWith('image/')) return 'image';
  return mediaType?.startsWith('audio/') ? 'audio' : 'file';
}

const usualTypes: Record<MediaPart['kind'], string> = {
  image: 'image/png',
  audio: 'audio/wav',
  file: 'application/pdf',
};

const typesByEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

function typeByEnding(address: string | undefined): string | undefined {
  const ending = address === undefined ? undefined : /\.(\w+)(?:[?#].*)?$/.exec(address)?.[1];
  return ending === undefined ? undefined : typesByEnding[ending.toLowerCase()];
}

/** The parts of a content: the official SDKs always send a list, people also a single object. */
export const partsIn = (content: JsonObject): readonly JsonObject[] => {
  const parts = content['parts'];
  return Array.isArray(parts) ? parts.map(objectIn) : isObject(parts) ? [parts] : [];
};
