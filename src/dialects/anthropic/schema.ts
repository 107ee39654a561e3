import { isArray, isObject } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/**
 * A JSON schema as Anthropic's structured outputs take it: every object closed, and without the limits on numbers,
 * lengths and counts that it refuses (https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs).
 */
export function closedSchema(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema)
    .filter(([keyword]) => !refused.has(keyword))
    .map(([keyword, value]): [string, Json | undefined] => [keyword, closedMember(keyword, value)]);
  const closed = Object.fromEntries(entries);
  return isObjectSchema(schema) ? { ...closed, additionalProperties: false } : closed;
}

const refused: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

const isObjectSchema = ({ type, properties }: JsonObject): boolean =>
  type === 'object' || (isArray(type) && type.includes('object')) || isObject(properties);

function closedMember(keyword: string, value: Json | undefined): Json | undefined {
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closedValue(member)]))
        : value;
    case 'items':
    case 'not':
      return closedValue(value);
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return isArray(value) ? value.map((member) => closedValue(member) ?? null) : value;
    default:
      return value;
  }
}

const closedValue = (value: Json | undefined): Json | undefined => (isObject(value) ? closedSchema(value) : value);
