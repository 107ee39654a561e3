import { invalid } from '../../chat/failure.ts';
import { isArray, isObject, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Outline } from '../dialect.ts';

export function outline(body: JsonObject): Outline {
  const model = stringIn(body.model);
  if (!model) throw invalid('The request names no model.', 'model');

  const marks = marksOf(body);
  const thinking = objectIn(body.thinking);
  const thinkingBudget = thinking.type === 'enabled' ? numberIn(thinking.budget_tokens) : undefined;
  const maxOutput = numberIn(body.max_tokens);
  const unbounded = unboundedBy(body) ?? (marks.isRemote ? 'a file kept elsewhere' : undefined);
  return {
    model,
    stream: body.stream === true,
    wantsUsage: true,
    ...(maxOutput !== undefined && { maxOutput }),
    ...(thinkingBudget !== undefined && { thinkingBudget }),
    choices: 1,
    caches: marks.isCached,
    ...(unbounded !== undefined && { unbounded }),
  };
}

/** Tools that the client runs itself, under a type of Anthropic's: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use */
const clientTool = /^(custom|bash|text_editor|computer|memory)(_\d+)?$/;

const isServerTool = ({ type }: JsonObject): boolean => typeof type === 'string' && !clientTool.test(type);

function unboundedBy(body: JsonObject): string | undefined {
  const tool = objectsIn(body.tools).find((candidate) => isServerTool(candidate) && !isSearchOfTools(candidate));
  if (tool) return `the server tool ${stringIn(tool.type) ?? ''}`;
  if (objectsIn(body.mcp_servers).length > 0) return 'MCP servers';
  if (body.container != null) return 'a container';
  return objectIn(body.thread).type === 'continue' ? 'a message thread kept by the provider' : undefined;
}

/** It only looks through the tools that the request itself brings. */
const isSearchOfTools = ({ type }: JsonObject): boolean =>
  typeof type === 'string' && type.startsWith('tool_search_tool');

interface Marks {
  isCached: boolean;
  isRemote: boolean;
}

function marksOf(body: JsonObject): Marks {
  const marks: Marks = { isCached: body.cache_control != null, isRemote: false };
  lookAt(body.tools, marks);
  lookAt(body.system, marks);
  for (const message of objectsIn(body.messages)) lookAt(message.content, marks);
  return marks;
}

function lookAt(blocks: unknown, marks: Marks): void {
  if (!isArray(blocks)) return;
  for (const block of blocks) {
    if (!isObject(block)) continue;
    if (block.cache_control != null) marks.isCached = true;
    if (block.type === 'tool_result') lookAt(block.content, marks);
    const source = block.source;
    if (isObject(source) && (source.type === 'url' || source.type === 'file')) marks.isRemote = true;
    if (block.type === 'container_upload') marks.isRemote = true;
  }
}
