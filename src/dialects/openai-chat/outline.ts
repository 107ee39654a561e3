import { isArray, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Outline } from '../dialect.ts';
import { requiredModel } from './request.ts';

export function outline(body: JsonObject): Outline {
  // Where both are given, a server may keep either: the hold must cover the higher.
  const maxOutput = highest(numberIn(body.max_completion_tokens), numberIn(body.max_tokens));
  const thinkingBudget =
    numberIn(objectIn(body.thinking).budget_tokens) ?? numberIn(objectIn(body.reasoning).max_tokens);
  const unbounded = unboundedBy(body);
  return {
    model: requiredModel(body),
    stream: body.stream === true,
    wantsUsage: objectIn(body.stream_options).include_usage === true,
    ...(maxOutput !== undefined && { maxOutput }),
    ...(thinkingBudget !== undefined && { thinkingBudget }),
    choices: Math.max(1, numberIn(body.n) ?? 1),
    caches: caches(body),
    ...(unbounded !== undefined && { unbounded }),
  };
}

function highest(...limits: readonly (number | undefined)[]): number | undefined {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length > 0 ? Math.max(...given) : undefined;
}

function caches(body: JsonObject): boolean {
  const isMarked = (object: JsonObject): boolean => isObject(object.cache_control);
  return (
    isMarked(body) ||
    objectsIn(body.messages).some((message) => isMarked(message) || contentOf(message).some(isMarked)) ||
    objectsIn(body.tools).some((tool) => isMarked(tool) || isMarked(objectIn(tool.function)))
  );
}

function unboundedBy(body: JsonObject): string | undefined {
  if (body.web_search_options != null || body.search_parameters != null) return 'web search';
  if (isArray(body.plugins) && body.plugins.length > 0) return 'plugins'; // OpenRouter
  if (isArray(body.modalities) && body.modalities.some((kind) => kind !== 'text')) return 'output other than text';
  const tool = objectsIn(body.tools).find(({ type }) => type !== undefined && type !== 'function' && type !== 'custom');
  if (tool) return `the provider's own tool ${stringIn(tool.type) ?? ''}`;
  const kept = objectsIn(body.messages).some((message) => contentOf(message).some(isKept));
  return kept ? 'a file kept elsewhere' : undefined;
}

/** A file of which the request holds only a name or an address. */
function isKept(part: JsonObject): boolean {
  if (part.type !== 'file') return part.type === 'video_url';
  const { file_id, file_data } = objectIn(part.file);
  return typeof file_id === 'string' || /^https?:/.test(stringIn(file_data)?.slice(0, 6) ?? '');
}

const contentOf = (message: JsonObject): readonly JsonObject[] =>
  isArray(message.content) ? objectsIn(message.content) : [];
