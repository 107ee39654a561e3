import type { Part, Turn } from '../../chat/chat.ts';
import { writeMessages, writeSystem } from '../../dialects/anthropic/turns.ts';
import { defined, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { turnsOf, type EditorMessage } from './editor-turns.ts';

/** What the editor's chat asks of a model. */
export interface ChatAsk {
  readonly model: string;
  /** The most tokens that the model can write. */
  readonly maxOutput: number;
  readonly messages: readonly EditorMessage[];
  readonly tools: readonly ChatTool[];
  /** Whether one of the tools must be called. */
  readonly mustCall: boolean;
  /** What the caller sets besides, in whose words ever. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ChatTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema?: object | undefined;
}

/**
 * The request in Anthropic's format, which of those that the gateway answers loses least of what the editor has: pictures
 * in tool results, failed tools, cache marks, and signed thinking of every provider, which comes back through the editor
 * in the thinking's own metadata. Ids of tool calls pass as they are.
 */
export function requestBody({ model, maxOutput, messages, tools, mustCall, options }: ChatAsk): JsonObject {
  const turns = withCacheMarks(turnsOf(messages));
  const system = writeSystem(turns);
  return defined({
    max_tokens: maxOutput,
    ...settingsIn(options),
    model,
    stream: true,
    system: system.length > 0 ? system : undefined,
    messages: writeMessages(turns, true),
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    tool_choice: mustCall && tools.length > 0 ? { type: 'any' } : undefined,
  });
}

const writeTool = ({ name, description, inputSchema }: ChatTool): JsonObject => ({
  name,
  description,
  input_schema: { properties: {}, ...(inputSchema as JsonObject | undefined), type: 'object' },
});

/**
 * The editor marks prompts for the cache for no models but those of its own vendors, and without a mark each step of an
 * agent pays for the whole conversation at Anthropic. So the instructions are marked and the last two turns of the user:
 * what is written for the one is read for the next.
 */
function withCacheMarks(turns: readonly Turn[]): readonly Turn[] {
  if (turns.some(({ parts }) => parts.some(({ cache }) => cache !== undefined))) return turns;
  const placesOf = (role: Turn['role']): readonly number[] =>
    turns.flatMap((turn, index) => (turn.role === role && turn.parts.some(canBeMarked) ? [index] : []));
  const marked = new Set([...placesOf('system').slice(-1), ...placesOf('user').slice(-2)]);
  return turns.map((turn, index) => (marked.has(index) ? { ...turn, parts: markedLast(turn.parts) } : turn));
}

/** Blank texts are left out, and their marks with them. */
const canBeMarked = (part: Part): boolean => part.type !== 'text' || part.text.trim() !== '';

function markedLast(parts: readonly Part[]): readonly Part[] {
  const last = parts.findLastIndex(canBeMarked);
  return parts.map((part, index) => (index === last ? { ...part, cache: {} } : part));
}

/** Settings by the names that callers of the editor's API use, which nobody has fixed; others are left out. */
function settingsIn(options: Readonly<Record<string, unknown>>): JsonObject {
  const found = Object.entries(options).flatMap(([name, value]): (readonly [string, Json])[] => {
    const setting = settings[name];
    return setting !== undefined && setting.takes(value) ? [[setting.name, setting.write(value as Json)]] : [];
  });
  return Object.fromEntries(found);
}

interface Setting {
  readonly name: string;
  readonly takes: (value: unknown) => boolean;
  readonly write: (value: Json) => Json;
}

const as = (name: string, takes: Setting['takes'], write: Setting['write'] = (value) => value): Setting => ({
  ...{ name, takes, write },
});
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const effort = as('output_config', isText, (value) => ({ effort: value }));

const settings: Readonly<Record<string, Setting>> = {
  max_tokens: as('max_tokens', isCount),
  maxTokens: as('max_tokens', isCount),
  max_output_tokens: as('max_tokens', isCount),
  max_completion_tokens: as('max_tokens', isCount),
  temperature: as('temperature', isNumber),
  top_p: as('top_p', isNumber),
  topP: as('top_p', isNumber),
  stop: as('stop_sequences', isTexts),
  stop_sequences: as('stop_sequences', isTexts),
  thinking: as('thinking', isObject),
  reasoning_effort: effort,
  reasoningEffort: effort,
};
