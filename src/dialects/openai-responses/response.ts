import type { ChatRequest, FinishReason } from '../../chat/chat.ts';
import { objectIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { own } from './wire.ts';

/** The words that an answer's end has here: a response is completed, or incomplete for a reason. */
export function writeEnd(reason: FinishReason): { status: string; incomplete_details: JsonObject | null } {
  const why = whys[reason];
  return why === undefined
    ? { status: 'completed', incomplete_details: null }
    : { status: 'incomplete', incomplete_details: { reason: why } };
}

const whys: Partial<Record<FinishReason, string>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' };

export function readEnd(response: JsonObject, called: boolean): FinishReason {
  if (response.status !== 'incomplete') return called ? 'tool-calls' : 'stop';
  const { reason } = objectIn(response.incomplete_details);
  return ends[stringIn(reason) ?? ''] ?? 'other';
}

const ends: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  max_tokens: 'length',
  content_filter: 'content-filter',
};

/** What a response repeats of its request, with OpenAI's defaults where nothing was said: SDKs have these as required members. */
export function echoOf(request: ChatRequest | undefined): JsonObject {
  const asked = request?.extras?.[own] ?? {};
  const { effort = null, summary = null } = objectIn(asked.reasoning);
  const { format = { type: 'text' }, verbosity = 'medium' } = objectIn(asked.text);
  return {
    background: false,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    max_tool_calls: asked.max_tool_calls ?? null,
    metadata: asked.metadata ?? {},
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: asked.prompt_cache_key ?? null,
    reasoning: { effort, summary },
    safety_identifier: asked.safety_identifier ?? null,
    store: asked.store !== false, // kept here for a while, as OpenAI does unless told not to
    temperature: asked.temperature ?? 1,
    text: { format, verbosity },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: asked.tools ?? [],
    top_logprobs: asked.top_logprobs ?? 0,
    top_p: asked.top_p ?? 1,
    truncation: asked.truncation ?? 'disabled',
    user: asked.user ?? null,
  };
}
