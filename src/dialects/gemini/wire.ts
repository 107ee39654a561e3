import type { Extras } from '../../chat/chat.ts';
import { stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** A member by its JSON name, or by its name in Google's proto files: both are accepted, and the Python SDK mixes them. */
export const field = (object: JsonObject, name: string): Json | undefined => object[name] ?? object[snakeCase(name)];

export function snakeCase(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake); // asked for with every part of a stream; there are a few dozen names
  }
  return snake;
}

const snakeNames = new Map<string, string>();

/** The encrypted thinking that a part carries; it must come back on the same part. */
export const signatureIn = (part: JsonObject): string | undefined => stringIn(field(part, 'thoughtSignature'));

export const signatureOf = (extras: Extras | undefined): string | undefined =>
  stringIn(extras?.['gemini']?.['thoughtSignature']);

/** A signature as a member of a neutral part or event; nothing without one. */
export const signatureExtras = (signature: string | undefined): { readonly extras?: Extras } =>
  signature === undefined ? {} : { extras: { gemini: { thoughtSignature: signature } } };

/** A signature as a member of a Gemini part; nothing without one. */
export const signed = (extras: Extras | undefined): JsonObject => {
  const thoughtSignature = signatureOf(extras);
  return thoughtSignature === undefined ? {} : { thoughtSignature };
};

/** Gemini 3 and later, also under their undated names (`gemini-flash-latest`). */
export const isGemini3 = (model: string): boolean => /(^|\/)gemini-(?![12]\b)/.test(model);
