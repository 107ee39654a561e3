import { isObject, parseJson } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';

/**
 * A call's input for formats that want an object: empty when there is none. What a model wrote that is no JSON object is
 * kept under the name `input`, so that a history with a broken call can still be sent.
 */
export function callArguments(input: string): JsonObject {
  if (input.trim() === '') return {};
  const value = parseJson(input);
  return isObject(value) ? value : { input: value ?? input };
}
