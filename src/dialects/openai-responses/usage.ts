import type { Usage } from '../../chat/chat.ts';
import { totalInput, totalTokens } from '../../chat/usage.ts';
import { defined, isObject, numberIn, objectIn, objectsIn, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readUsage as readChatUsage } from '../openai-chat/usage.ts';

/** The usage of a response: chat's counts under other names. Undefined when it tells none. */
export function readUsage(response: JsonObject): Usage | undefined {
  const { usage } = response;
  if (!isObject(usage)) return undefined;
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = usage;
  const counts = readChatUsage(
    {
      ...without(usage, 'input_tokens', 'output_tokens'),
      prompt_tokens: input_tokens,
      completion_tokens: output_tokens,
      prompt_tokens_details: input_tokens_details,
      completion_tokens_details: output_tokens_details,
    },
    response.service_tier,
  );
  if (!counts) return undefined;
  const searches = counts.searches ?? searchesIn(response);
  return { ...counts, ...(searches > 0 && { searches }), ...toolsIn(response), raw: usage };
}

/** OpenAI bills each search in its files, and each container that code ran in, however often (openai.com/api/pricing). */
function toolsIn({ output }: JsonObject): Pick<Usage, 'fileSearches' | 'codeSessions'> {
  let fileSearches = 0;
  const containers = new Set<unknown>();
  for (const { type, container_id: container } of objectsIn(output)) {
    if (type === 'file_search_call') fileSearches++;
    else if (type === 'code_interpreter_call') containers.add(container);
  }
  return { ...(fileSearches > 0 && { fileSearches }), ...(containers.size > 0 && { codeSessions: containers.size }) };
}

/** OpenAI bills each search, not the pages opened after it; newer answers count them in `tool_usage`. */
function searchesIn({ tool_usage, output }: JsonObject): number {
  const told = numberIn(objectIn(objectIn(tool_usage).web_search).num_requests);
  return told ?? objectsIn(output).filter(isSearch).length;
}

const isSearch = ({ type, action }: JsonObject): boolean =>
  type === 'web_search_call' && (objectIn(action).type ?? 'search') === 'search';

export const writeUsage = (usage: Usage): JsonObject => ({
  input_tokens: totalInput(usage),
  input_tokens_details: defined({
    cached_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h || undefined,
  }),
  output_tokens: usage.output,
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: totalTokens(usage),
});
