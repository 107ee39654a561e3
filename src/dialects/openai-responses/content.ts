import type { MediaPart, TextPart } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { defined, isArray, objectIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { isRefusal } from '../openai-chat/message.ts';
import { readContentPart } from '../openai-chat/content.ts';
import { dataUrl } from '../openai-chat/wire.ts';
import { readAnnotations, writeAnnotation } from './citations.ts';

/** A message's or a result's content: text, or a list of parts. */
export function readContent(content: Json | undefined, place: string): readonly (TextPart | MediaPart)[] {
  if (content == null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!isArray(content)) throw invalid(`${place} must be a string or a list of parts.`, place);
  return content.map((wire, index) => {
    const part = readPart(objectIn(wire));
    if (part) return part;
    const where = `${place}[${index}].type`;
    const type = stringIn(objectIn(wire).type) ?? 'none';
    throw invalid(
      `${where} "${type}" cannot be translated: use input_text, input_image, input_file or input_audio.`,
      where,
    );
  });
}

/** A part of content; undefined for a kind that has no neutral word. */
export function readPart(wire: JsonObject): TextPart | MediaPart | undefined {
  switch (wire.type) {
    case 'input_image':
      return readImage(wire);
    case 'input_file':
      return readFile(wire);
    case 'output_text': {
      const citations = readAnnotations(wire.annotations);
      return { type: 'text', text: stringIn(wire.text) ?? '', ...(citations.length > 0 && { citations }) };
    }
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', text: stringIn(wire.text) ?? '' };
    default:
      return readContentPart(wire); // texts, refusals and sounds are those of OpenAI's chat
  }
}

/** `image_url` is the address itself; some clients send chat's object. */
function readImage({ image_url, file_id, detail }: JsonObject): MediaPart {
  const url = stringIn(image_url) ?? stringIn(objectIn(image_url).url);
  return {
    type: 'media',
    kind: 'image',
    ...(url !== undefined && addressed(url)),
    ...defined({ fileId: stringIn(file_id) }),
    ...(typeof detail === 'string' && { extras: { 'openai-chat': { detail } } }),
  };
}

function readFile({ file_data, file_url, file_id, filename }: JsonObject): MediaPart {
  const data = stringIn(file_data);
  const url = stringIn(file_url);
  return {
    type: 'media',
    kind: 'file',
    ...(data !== undefined && addressed(data)),
    ...defined({ url, fileId: stringIn(file_id), name: stringIn(filename) }),
  };
}

/** Where the content is: inside a `data:` URL, at an address, or as bare base64. */
function addressed(text: string): Pick<MediaPart, 'data' | 'mediaType' | 'url'> {
  const inside = dataUrl(text);
  if (inside) return inside;
  return /^\w+:\/\//.test(text) ? { url: text } : { data: text };
}

/** A part of what a user says or a tool gives back. */
export function writeInput(part: TextPart | MediaPart): JsonObject {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  switch (part.kind) {
    case 'image': {
      const detail = part.extras?.['openai-chat']?.detail;
      return defined({ type: 'input_image', detail: detail ?? 'auto', ...source(part, 'image_url', 'image/png') });
    }
    case 'audio': {
      const format = (part.mediaType ?? 'audio/wav').replace(/^audio\/(x-)?/, '').replace('mpeg', 'mp3');
      return { type: 'input_audio', input_audio: { data: part.data ?? '', format } };
    }
    case 'file': {
      const filename = part.name ?? (part.data === undefined ? undefined : 'file'); // OpenAI asks for one beside data
      const field = part.data === undefined ? 'file_url' : 'file_data';
      return defined({ type: 'input_file', filename, ...source(part, field, 'application/pdf') });
    }
  }
}

function source({ data, url, fileId, mediaType }: MediaPart, field: string, usualType: string): JsonObject {
  if (fileId !== undefined) return { file_id: fileId };
  return { [field]: data === undefined ? (url ?? '') : `data:${mediaType ?? usualType};base64,${data}` };
}

/** A text of the model's. `written` are its annotations. */
export function writeOutput(part: TextPart, text: string, annotations: readonly JsonObject[]): JsonObject {
  if (isRefusal(part)) return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations, logprobs: [] };
}

export const annotationsOf = (part: TextPart): readonly JsonObject[] => (part.citations ?? []).map(writeAnnotation);
