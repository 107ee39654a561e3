import { isArray, isObject, numberIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { snakeCase } from './wire.ts';

/**
 * Google's own Schema as JSON Schema: types in upper case, `nullable`, proto names and limits as strings become what
 * everyone else reads. A JSON Schema comes out as it went in, but for upper-case types, which Gemini CLI mixes in.
 */
export function readSchema(schema: JsonObject): JsonObject {
  const nullable = schema['nullable'] === true;
  const members = Object.entries(schema)
    .filter(([key]) => key !== 'nullable')
    .map(([key, value]): [string, Json | undefined] => {
      const name = jsonNames[key] ?? key;
      return [name, readMember(name, value, nullable)];
    });
  return Object.fromEntries(members);
}

const limits = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'];

/** The members whose proto name is another than their JSON name, by their proto name. */
const jsonNames: Readonly<Record<string, string>> = Object.fromEntries(
  [...limits, 'anyOf', 'propertyOrdering'].map((name) => [snakeCase(name), name]),
);

function readMember(name: string, value: Json | undefined, nullable: boolean): Json | undefined {
  switch (name) {
    case 'type':
      return readType(value, nullable);
    case 'properties':
    case '$defs':
    case 'definitions':
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, readAny(schema)]))
        : value;
    case 'items':
    case 'additionalProperties':
    case 'not':
      return readAny(value);
    case 'anyOf':
      return isArray(value) ? [...value.map(readAny), ...(nullable ? [{ type: 'null' }] : [])] : value;
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return isArray(value) ? value.map(readAny) : value;
    default: // int64 is a string in proto's JSON
      return limits.includes(name) && typeof value === 'string' ? (numberIn(Number(value)) ?? value) : value;
  }
}

/** A schema, or what may stand in its place (`additionalProperties: false`). */
const readAny = <T extends Json | undefined>(value: T): T | JsonObject => (isObject(value) ? readSchema(value) : value);

function readType(value: Json | undefined, nullable: boolean): Json | undefined {
  const type = isArray(value) ? value.map(lowerCase) : lowerCase(value ?? null);
  return nullable && typeof type === 'string' ? [type, 'null'] : type;
}

const lowerCase = (value: Json): Json => (typeof value === 'string' ? value.toLowerCase() : value);
