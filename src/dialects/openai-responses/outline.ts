import { isArray, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Outline } from '../dialect.ts';
import { requiredModel } from '../openai-chat/request.ts';

export function outline(body: JsonObject): Outline {
  const maxOutput = numberIn(body.max_output_tokens);
  const unbounded = unboundedBy(body);
  return {
    model: requiredModel(body),
    stream: body.stream === true,
    wantsUsage: true,
    ...(maxOutput !== undefined && { maxOutput }),
    choices: 1,
    caches: false,
    ...(unbounded !== undefined && { unbounded }),
  };
}

/** Tools that the client runs itself, and a search among the tools that the request brings. */
const bounded: ReadonlySet<unknown> = new Set([
  'function',
  'custom',
  'namespace',
  'local_shell',
  'apply_patch',
  'tool_search',
  'computer',
  'computer_use_preview',
]);

const keptThings: Readonly<Record<string, string>> = {
  previous_response_id: 'an earlier response kept by the provider',
  conversation: 'a conversation kept by the provider',
  prompt: 'a prompt kept by the provider',
};

function unboundedBy(body: JsonObject): string | undefined {
  const kept = Object.keys(keptThings).find((field) => body[field] != null);
  if (kept !== undefined) return keptThings[kept];
  const tool = objectsIn(body.tools).find((candidate) => !isBounded(candidate));
  if (tool) return `the provider's own tool ${stringIn(tool.type) ?? ''}`;
  return objectsIn(body.input).some(holdsKept) ? 'a file or an item kept elsewhere' : undefined;
}

const isBounded = ({ type, environment }: JsonObject): boolean =>
  bounded.has(type) || (type === 'shell' && objectIn(environment).type === 'local');

function holdsKept(item: JsonObject): boolean {
  if (item.type === 'item_reference') return true;
  const content = item.content ?? item.output;
  return isArray(content) && content.some((part) => isObject(part) && isKeptPart(part));
}

/** A part of which the request holds only a name or an address. */
const isKeptPart = ({ file_id, file_url }: JsonObject): boolean =>
  typeof file_id === 'string' || typeof file_url === 'string';
