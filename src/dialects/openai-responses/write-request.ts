import type { ChatRequest, Part, TextPart, ToolCallPart, ToolResultPart, Turn } from '../../chat/chat.ts';
import { defined, stringIn, without } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isContent } from '../openai-chat/content.ts';
import { callForms, writeCallHead, writeCallInput } from './calls.ts';
import type { CallForms } from './calls.ts';
import { writeInput, writeOutput } from './content.ts';
import { isReasoningModel, takesNoReasoning } from './models.ts';
import { writeSealedItem } from './reasoning.ts';
import { harmlessFields } from './request.ts';
import { writeSettings } from './settings.ts';
import { writeTool, writeToolChoice } from './tools.ts';
import { own } from './wire.ts';

/**
 * Nothing is kept at the provider: the whole conversation goes out each time, and reasoning comes encrypted, to be sent back.
 * The system turns that stand first are the instructions.
 */
export function writeRequest(request: ChatRequest): JsonObject {
  const { model, turns, tools, toolChoice, stream, extras } = request;
  const said = turns.findIndex(({ role }) => role !== 'system');
  const lead = said < 0 ? [] : turns.slice(0, said).filter(isPlain);
  const instructions = lead.map(textOf).join('\n\n');
  const forms = callForms(tools);
  return {
    ...kept(extras?.[own]),
    model,
    ...(instructions !== '' && { instructions }),
    input: writeInputItems(turns.slice(lead.length), forms),
    ...(tools.length > 0 && { tools: tools.map(writeTool) }),
    ...(toolChoice && tools.length > 0 && { tool_choice: writeToolChoice(toolChoice, forms) }),
    ...settingsFor(request),
    store: false,
    ...(isReasoningModel(model) && { include: ['reasoning.encrypted_content'] }),
    ...(stream && { stream: true }),
  };
}

function settingsFor({ model, settings }: ChatRequest): JsonObject {
  const written = writeSettings(settings);
  return takesNoReasoning(model) ? without(written, 'reasoning') : written;
}

const kept = (facts: JsonObject = {}): JsonObject =>
  Object.fromEntries(harmlessFields.filter((field) => facts[field] != null).map((field) => [field, facts[field]]));

const isPlain = ({ parts }: Turn): boolean => parts.every(({ type }) => type === 'text');

const textOf = ({ parts }: Turn): string => parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n');

function writeInputItems(turns: readonly Turn[], forms: CallForms): readonly JsonObject[] {
  const outputs = new Map<string, string>(); // the types of results by their calls' ids
  const call = (part: ToolCallPart): JsonObject => {
    const item = writeCallInput(writeCallHead(part, '', forms), part.input);
    const type = stringIn(item.type);
    if (type !== undefined) outputs.set(part.id, `${type}_output`);
    return without(item, 'id', 'status');
  };
  return turns.flatMap(({ role, parts }) => {
    switch (role) {
      case 'system':
        return message('developer', parts.filter(isContent).map(writeInput));
      case 'assistant':
        return writeAssistant(parts, call);
      case 'user':
        return [
          ...parts.flatMap((part) => (part.type === 'tool-result' ? [writeResult(part, outputs)] : [])),
          ...message('user', parts.filter(isContent).map(writeInput)),
        ];
    }
  });
}

const message = (role: string, content: readonly JsonObject[]): readonly JsonObject[] =>
  content.length > 0 ? [{ type: 'message', role, content }] : [];

/** Items without ids: with one OpenAI would look it up in its store. */
function writeAssistant(parts: readonly Part[], call: (part: ToolCallPart) => JsonObject): readonly JsonObject[] {
  return parts.flatMap((part) => {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [writeSaid(part)];
      case 'reasoning':
        return [writeSealedItem(part)].filter((item) => item !== undefined);
      case 'tool-call':
        return [call(part)];
      case 'media': // the model's own pictures have no place in its messages
      case 'tool-result':
        return [];
    }
  });
}

function writeSaid(part: TextPart): JsonObject {
  const { phase } = part.extras?.[own] ?? {};
  const content = [without(writeOutput(part, part.text, []), 'logprobs')];
  return defined({ type: 'message', role: 'assistant', content, phase });
}

function writeResult({ id, parts }: ToolResultPart, outputs: ReadonlyMap<string, string>): JsonObject {
  const [first] = parts;
  const isText = parts.length === 0 || (parts.length === 1 && first?.type === 'text');
  const output = isText ? (first?.type === 'text' ? first.text : '') : parts.map(writeInput);
  return { type: outputs.get(id) ?? 'function_call_output', call_id: id, output };
}
