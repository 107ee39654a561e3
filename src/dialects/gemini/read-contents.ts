import type { MediaPart, Part, TextPart, ToolResultPart, Turn } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { isObject, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { partsIn, readMedia } from './parts.ts';
import { field, signatureExtras, signatureIn } from './wire.ts';

export function readSystem(instruction: Json | undefined): readonly Turn[] {
  const texts =
    typeof instruction === 'string' ? [instruction] : partsIn(objectIn(instruction)).map((part) => part['text']);
  const parts = texts
    .filter((text) => typeof text === 'string' && text !== '')
    .map((text) => ({ type: 'text', text }) as TextPart);
  return parts.length > 0 ? [{ role: 'system', parts }] : [];
}

export function readContents(value: Json | undefined): readonly Turn[] {
  const contents = isObject(value) ? [value] : objectsIn(value);
  if (contents.length === 0) throw invalid('contents must be a list of what was said, and not be empty.', 'contents');
  const ids = callIds();
  return contents.map((content, index) => ({
    role: content['role'] === 'model' ? 'assistant' : 'user',
    parts: partsIn(content).flatMap(
      (part, position) => readPart(part, ids, `contents[${index}].parts[${position}]`) ?? [],
    ),
  }));
}

function readPart(part: JsonObject, ids: CallIds, place: string): Part | undefined {
  const extras = signatureExtras(signatureIn(part));
  const text = stringIn(part['text']);
  if (text !== undefined) return { type: part['thought'] === true ? 'reasoning' : 'text', text, ...extras };
  const call = field(part, 'functionCall');
  if (isObject(call)) {
    const name = stringIn(call['name']) ?? '';
    const input = call['args'] === undefined ? '' : JSON.stringify(call['args']);
    return { type: 'tool-call', id: ids.ofCall(stringIn(call['id']), name), name, input, ...extras };
  }
  const response = field(part, 'functionResponse');
  if (isObject(response)) return readResult(response, ids);
  const media = readMedia(part);
  if (media) return media;
  const unread = Object.keys(part).find((key) => key !== 'thought' && key !== 'thoughtSignature');
  if (unread === undefined) return undefined;
  throw invalid(`Only Gemini's own models understand a part with ${unread}.`, place);
}

function readResult(response: JsonObject, ids: CallIds): ToolResultPart {
  const name = stringIn(response['name']) ?? '';
  const result = objectIn(response['response']);
  const media = objectsIn(response['parts'])
    .map(readMedia)
    .filter((part): part is MediaPart => part !== undefined);
  const error = result['error'];
  const failed = error !== undefined && result['output'] === undefined;
  return {
    type: 'tool-result',
    id: ids.ofResult(stringIn(response['id']), name),
    name,
    parts: [{ type: 'text', text: failed ? textOf(error) : resultText(result) }, ...media],
    ...(failed && { isError: true }),
  };
}

/** `output` is Google's name for what a function returned, `result` its Python SDK's, `content` the AI SDK's beside a `name`. */
function resultText(result: JsonObject): string {
  const keys = Object.keys(result).filter((key) => key !== 'name');
  const only = keys.length === 1 && ['output', 'result', 'content'].includes(keys[0] ?? '') ? keys[0] : undefined;
  return only === undefined ? JSON.stringify(result) : textOf(result[only]);
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

interface CallIds {
  ofCall(id: string | undefined, name: string): string;
  ofResult(id: string | undefined, name: string): string;
}

/**
 * Most Gemini clients send no ids: a result belongs to the first open call of its name. The made-up ids count up, so that a
 * conversation gets the same ones with every request and the provider's prompt cache still fits.
 */
function callIds(): CallIds {
  const open: { readonly id: string; readonly name: string }[] = [];
  let count = 0;
  const next = (): string => `call_${++count}`;
  return {
    ofCall(given, name) {
      const id = given ?? next();
      open.push({ id, name });
      return id;
    },
    ofResult(given, name) {
      const index = open.findIndex((call) => (given === undefined ? call.name === name : call.id === given));
      const [call] = index < 0 ? [] : open.splice(index, 1);
      return given ?? call?.id ?? next();
    },
  };
}
