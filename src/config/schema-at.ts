import { isArray, isObject, objectIn, objectsIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import { configJsonSchema } from './schema.ts';
import type { Path } from './source.ts';

/** A key that may stand in a mapping. */
export interface SchemaKey {
  readonly name: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** What its value is, to offer the right beginning. */
  readonly holds: 'mapping' | 'list' | 'value';
}

type Schema = JsonObject;
let whole: Schema | undefined;
/** Made once, at first need. */
const root = (): Schema => (whole ??= configJsonSchema() as Schema);

/** The schemas that a value at `path` may follow; none where anything may stand. */
export function schemasAt(path: Path): readonly Schema[] {
  return path.reduce<readonly Schema[]>((here, step) => here.flatMap((one) => childOf(one, step)), choices(root()));
}

/** The keys of the mapping at `path`. */
export function keysAt(path: Path): readonly SchemaKey[] {
  return schemasAt(path).flatMap((schema) => {
    const required = isArray(schema.required) ? schema.required : [];
    return Object.entries(objectIn(schema.properties)).map(([name, value]): SchemaKey => {
      const description = describe(objectIn(value));
      return {
        name,
        ...(description !== undefined && { description }),
        isRequired: required.includes(name),
        holds: kindOf(objectIn(value)),
      };
    });
  });
}

/** The values that may stand at `path`, where they can be told. */
export function valuesAt(path: Path): readonly string[] {
  const values = schemasAt(path).flatMap((schema): readonly Json[] => {
    if (isArray(schema.enum)) return schema.enum;
    if (isArray(schema.examples)) return schema.examples;
    return schema.type === 'boolean' ? [true, false] : [];
  });
  return [...new Set(values.map(String))];
}

/** What the key at the end of `path` does. */
export function describedAt(path: Path): string | undefined {
  const name = path.at(-1);
  return typeof name === 'string' ? keysAt(path.slice(0, -1)).find((key) => key.name === name)?.description : undefined;
}

/** Whether a mapping may stand at `path`. */
export const takesMapping = (path: Path): boolean => schemasAt(path).some((schema) => schema.type === 'object');

function childOf(schema: Schema, step: string | number): readonly Schema[] {
  const child =
    typeof step === 'number' ? schema.items : (objectIn(schema.properties)[step] ?? schema.additionalProperties);
  return isObject(child) ? choices(child) : [];
}

const choices = (schema: Schema): readonly Schema[] => {
  const several = objectsIn(schema.anyOf ?? schema.oneOf);
  return several.length === 0 ? [schema] : several.flatMap(choices);
};

const describe = (schema: Schema): string | undefined =>
  stringIn(schema.description) ??
  choices(schema)
    .map((one) => stringIn(one.description))
    .find(Boolean);

function kindOf(schema: Schema): SchemaKey['holds'] {
  const types = choices(schema).map(({ type }) => type);
  if (types.every((type) => type === 'object')) return 'mapping';
  return types.every((type) => type === 'array') ? 'list' : 'value';
}
