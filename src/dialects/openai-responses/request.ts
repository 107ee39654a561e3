import type { ChatRequest, Turn } from '../../chat/chat.ts';
import { objectIn, stringIn, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isGatewayField, requiredModel } from '../openai-chat/request.ts';
import { keptElsewhere, readInput } from './items.ts';
import { readSettings, settingFields } from './settings.ts';
import { readToolChoice, readTools } from './tools.ts';
import { own } from './wire.ts';

/** Reads a request that goes to another dialect. What was asked is kept beside it, since answers repeat it. */
export function readRequest(body: JsonObject): ChatRequest {
  refuseKept(body);
  const { turns, dropped } = readInput(body.input);
  const read = readTools(body);
  const toolChoice = readToolChoice(body.tool_choice, read.tools);
  return {
    model: requiredModel(body),
    turns: [...readInstructions(body), ...turns],
    tools: read.tools,
    ...(toolChoice && { toolChoice }),
    settings: readSettings(body),
    stream: body.stream === true,
    wantsUsage: true,
    unknown: Object.keys(body).filter((field) => body[field] != null && !isKnown(field, body)),
    dropped: [...read.dropped, ...dropped],
    extras: { [own]: without(body, 'input', 'model', 'stream') },
  };
}

function readInstructions(body: JsonObject): readonly Turn[] {
  const { instructions } = body;
  if (typeof instructions !== 'string') return readInput(instructions ?? []).turns; // a list of items in older answers
  return instructions === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text: instructions }] }];
}

function refuseKept({ previous_response_id, conversation, prompt }: JsonObject): void {
  if (previous_response_id != null) throw keptElsewhere('previous_response_id', 'a response');
  if (conversation != null) throw keptElsewhere('conversation', 'a conversation');
  if (prompt != null) throw keptElsewhere('prompt', 'a prompt');
}

function isKnown(field: string, body: JsonObject): boolean {
  if (field === 'background') return body.background === false;
  if (field === 'tool_choice') return readsAsChoice(body);
  return knownFields.has(field) || isGatewayField(field);
}

/** A tool of OpenAI's own that must be used cannot be dropped like one that may be. */
function readsAsChoice({ tool_choice, tools }: JsonObject): boolean {
  const type = stringIn(objectIn(tool_choice).type);
  return type === undefined || readToolChoice(tool_choice, readTools({ tools }).tools) !== undefined;
}

/** Fields that change nothing about an answer's words: another provider's answer is right without them. */
export const harmlessFields: readonly string[] = [
  'store',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'client_metadata', // Codex
  'include',
  'truncation',
  'safety_identifier',
  'stream_options',
];

const knownFields: ReadonlySet<string> = new Set([
  ...harmlessFields,
  ...settingFields,
  'model',
  'input',
  'instructions',
  'tools',
  'stream',
  'max_tool_calls', // of tools that run at OpenAI
]);
