import { isArray, isObject, type Json, type JsonObject, stringIn } from '../lib/json.ts';

/** Tokens of a text, for when nothing better is at hand: English and code have some four characters for each. */
export const estimate = (text: string): number => Math.ceil(text.length / 4);

/**
 * More tokens than the provider can count for this request, whatever its tokenizer: a token holds at least one byte, so
 * the bytes of all that is said bound it. Works on a body in any dialect's format, and on a ChatRequest. What the
 * request only points at (files kept elsewhere) is bounded as one picture each.
 */
export function upperBound(body: object, model: string): number {
  const image = imageBound(model);
  // Not recursive: a body may be nested deeper than the stack.
  const rest: Visit[] = [{ value: body as JsonObject, key: '', under: '', inMessage: true }];
  const { tools } = body as JsonObject;
  let tokens = isArray(tools) && tools.length > 0 ? framingWithTools : framing;
  for (let visit = rest.pop(); visit; visit = rest.pop()) {
    const { value, key } = visit;
    if (typeof value === 'string') tokens += visit.inMessage ? boundInMessage(value, visit, image) : boundOfText(value);
    else if (isArray(value)) for (const item of value) rest.push({ ...visit, value: item });
    else if (isObject(value)) {
      for (const name of Object.keys(value)) {
        tokens += name.length + 4; // the quotes, the colon and the comma
        const inMessage = visit.inMessage && (holdsMedia.has(name) || typeof value[name] === 'string');
        // Responses keep messages in `input`; further down that name holds a tool's arguments, which are text.
        rest.push({
          value: value[name],
          key: name,
          parent: value,
          under: key,
          inMessage: inMessage || (key === '' && name === 'input'),
        });
      }
    } else tokens += value === undefined ? 0 : String(value).length + 1;
  }
  return tokens;
}

interface Visit {
  readonly value: Json | undefined;
  /** The member's name; an array's, for its items. */
  readonly key: string;
  readonly parent?: JsonObject;
  /** The name that the parent stands under. */
  readonly under: string;
  /** Whether this is where messages hold media, so that base64 there is no text. Elsewhere it is, whatever it looks like. */
  readonly inMessage: boolean;
}

/** What a provider puts around a request; Anthropic's instructions for tools are some 700 tokens. */
const framing = 50;
const framingWithTools = 1_000;

/** The members that lead to media in the dialects' messages and in ours. */
const holdsMedia = new Set(
  (
    'messages contents turns system content parts output source inlineData inline_data fileData file_data ' +
    'functionResponse function_response image_url video_url input_audio file'
  ).split(' '),
);

const boundOfText = (text: string): number => Buffer.byteLength(text) + 3;

function boundInMessage(text: string, { key, parent = {}, under }: Visit, image: number): number {
  if (key === 'data') {
    const mediaType = mediaTypeOf(parent);
    return mediaType === undefined ? boundOfText(text) : boundOfMedia(mediaType, text, image);
  }
  if (!pointsAtMedia(key, parent, under)) return boundOfText(text);
  const comma = text.startsWith('data:') ? text.indexOf(',') : -1;
  return comma < 0 ? boundOfText(text) + image : boundOfMedia(text.slice('data:'.length, comma), text, image);
}

/** The names that the dialects have for what kind of data stands beside `data`. */
function mediaTypeOf(parent: JsonObject): string | undefined {
  const type = stringIn(parent.media_type ?? parent.mediaType ?? parent.mimeType ?? parent.mime_type);
  return type ?? stringIn(parent.kind) ?? stringIn(parent.format);
}

/** Sound and film have at least 500 characters of base64 for a second, which is at most 32 and 300 tokens at Gemini. */
function boundOfMedia(mediaType: string, data: string, image: number): number {
  if (mediaType.startsWith('image')) return image;
  if (mediaType.startsWith('video')) return Math.ceil(data.length / 1.5);
  if (/^(audio|wav|mp3|pcm|opus|flac|aac|ogg)/.test(mediaType)) return Math.ceil(data.length / 15);
  return Buffer.byteLength(data) + image; // a document's pages are read as text and as pictures
}

/** Whether a member holds the data of a medium, or names one that the provider fetches and reads. */
function pointsAtMedia(key: string, parent: JsonObject, under: string): boolean {
  switch (key) {
    case 'image_url':
    case 'file_data':
    case 'file_url':
    case 'file_id':
    case 'fileId':
    case 'fileUri':
    case 'file_uri':
      return true;
    case 'url':
      return parent.type === 'url' || parent.type === 'media' || under === 'image_url' || under === 'video_url';
    default:
      return false;
  }
}

/**
 * The most tokens of one picture: gpt-4o-mini 2,833 and 5,667 for each of at most 8 tiles; newer GPT models at most
 * 10,000 patches times 1.2; Claude 4,784; Gemini 258 a tile; Qwen's open models 16,384 (the makers' pages on vision, 2026).
 */
function imageBound(model: string): number {
  if (model.includes('gpt-4o-mini')) return 48_169;
  if (/claude|gpt-4|(^|\/)o\d/.test(model)) return 5_000;
  if (model.includes('gemini')) return 8_000;
  return 16_500;
}
