import type { Tool } from '../chat/chat.ts';
import { isArray, isObject, type JsonObject, objectIn, stringIn } from '../lib/json.ts';

/** Schemas come from callers; deeper ones than this are shown as `object`. */
const deepest = 12;

/** Tools as models of OpenAI are shown them: declarations in the manner of TypeScript, one text for each tool. */
export const renderTools = (tools: readonly Tool[]): readonly string[] => [
  'namespace functions {\n\n',
  ...tools.map(renderTool),
  '} // namespace functions',
];

function renderTool({ name, description, schema }: Tool): string {
  const comment = description === undefined ? '' : `// ${description}\n`;
  const hasParameters = Object.keys(objectIn(schema?.properties)).length > 0;
  const parameters = hasParameters ? `(_: {\n${renderProperties(schema ?? {}, 1)}})` : '()';
  return `${comment}type ${name} = ${parameters} => any;\n\n`;
}

function renderProperties(schema: JsonObject, depth: number): string {
  const required = new Set(isArray(schema.required) ? schema.required : []);
  return Object.entries(objectIn(schema.properties))
    .map(([name, value]) => {
      const property = objectIn(value);
      const description = stringIn(property.description);
      const comment = description === undefined ? '' : `// ${description}\n`;
      return `${comment}${name}${required.has(name) ? '' : '?'}: ${renderType(property, depth)},\n`;
    })
    .join('');
}

function renderType(schema: JsonObject, depth: number): string {
  if (depth > deepest) return 'object';
  if (isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = schema.anyOf ?? schema.oneOf;
  if (isArray(options)) return options.map((option) => renderType(objectIn(option), depth + 1)).join(' | ');
  if (isArray(schema.type)) return schema.type.map((type) => renderType({ ...schema, type }, depth + 1)).join(' | ');
  switch (schema.type) {
    case 'object':
      return isObject(schema.properties) ? `{\n${renderProperties(schema, depth + 1)}}` : 'object';
    case 'array':
      return `${renderType(objectIn(schema.items), depth + 1)}[]`;
    case 'integer':
      return 'number';
    default:
      return stringIn(schema.type) ?? 'any';
  }
}
