import type { ChatAnswer, Citation, FinishReason, Part, TextPart } from '../../chat/chat.ts';
import { noUsage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { defined, isArray, isObject, objectIn, parseJson, stringIn, without } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { failureInAnswer } from '../refusal.ts';
import { readSignature, writeSignature } from './signature.ts';
import { readUsage, writeUsage } from './usage.ts';
import { ownExtras } from './wire.ts';
import type { WireBlock } from './wire.ts';

export function readAnswer(body: JsonObject): ChatAnswer {
  if (isObject(body.error)) throw failureInAnswer(body);
  const content = body.content;
  if (!isArray(content)) throw new Failure('provider-nonsense', 'The provider answered without any content.');

  const parts = content.map((block) => readPart(objectIn(block)));
  const known = parts.filter((part) => part !== undefined);
  const stopSequence = stringIn(body.stop_sequence);
  return {
    id: stringIn(body.id) ?? '',
    model: stringIn(body.model) ?? '',
    parts: known,
    reason: readReason(body.stop_reason),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(isObject(body.usage) && { usage: readUsage(body.usage) }),
    ...ownExtras({
      ...without(body, ...readMembers),
      ...keptReason(body.stop_reason),
      ...(known.length < parts.length && { content }), // blocks that only Anthropic knows have their place in the whole
    }),
  };
}

const readMembers = ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'];

export function writeAnswer(answer: ChatAnswer): JsonObject {
  const facts = answer.extras?.anthropic;
  return {
    id: writeId(answer.id),
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: answer.parts.map(writeBlock).filter((block) => block !== undefined),
    stop_reason: writeReason(answer.reason, answer.stopSequence),
    stop_sequence: answer.stopSequence ?? null,
    usage: facts && answer.usage?.raw ? answer.usage.raw : writeUsage(answer.usage ?? noUsage),
    ...facts,
  };
}

/** The provider's id, or one of our own: clients tell messages apart by it, and Gemini and Ollama may give none. */
export const writeId = (id: string): string => (id === '' ? `msg_${crypto.randomUUID().replaceAll('-', '')}` : id);

/** A part for a content block; undefined for the kinds that only Anthropic knows (its own tools' calls and results). */
export function readPart(block: WireBlock): Part | undefined {
  switch (block.type) {
    case 'text':
      return readText(block);
    case 'thinking': {
      const extras = readSignature(block.signature);
      return { type: 'reasoning', text: block.thinking ?? '', ...(extras && { extras }) };
    }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', ...ownExtras({ redacted: block.data }) };
    case 'tool_use': {
      const input = isObject(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : '';
      const { id = '', name = '', caller } = block;
      return { type: 'tool-call', id, name, input, ...(caller && ownExtras({ caller })) };
    }
    default:
      return undefined;
  }
}

function readText({ text = '', citations }: WireBlock): TextPart {
  if (!citations || citations.length === 0) return { type: 'text', text };
  return { type: 'text', text, citations: citations.map(readCitation) };
}

/** Anthropic cites for a whole block, and its positions are the document's: so they are only in the extras. */
export const readCitation = (citation: JsonObject): Citation => ({
  ...defined({
    url: stringIn(citation.url) ?? stringIn(citation.source),
    title: stringIn(citation.title) ?? stringIn(citation.document_title),
    quote: stringIn(citation.cited_text),
  }),
  ...ownExtras(citation),
});

export const writeCitation = ({ url, title, quote, extras }: Citation): JsonObject =>
  extras?.anthropic ?? {
    type: 'web_search_result_location',
    url: url ?? '',
    title: title ?? null,
    cited_text: quote ?? '',
    encrypted_index: '',
  };

function writeBlock(part: Part): JsonObject | undefined {
  switch (part.type) {
    case 'text': {
      const citations = part.citations?.map(writeCitation);
      return part.text === '' ? undefined : { type: 'text', text: part.text, ...(citations && { citations }) };
    }
    case 'reasoning':
      return writeRedacted(part) ?? { type: 'thinking', thinking: part.text, signature: writeSignature(part.extras) };
    case 'tool-call':
      return { ...writeCall(part), input: writeInput(part.input) };
    case 'media':
    case 'tool-result': // no block of an answer holds these
      return undefined;
  }
}

/** Thinking that Anthropic only showed encrypted. */
export function writeRedacted(part: Part): JsonObject | undefined {
  const data = part.extras?.anthropic?.redacted;
  return data === undefined ? undefined : { type: 'redacted_thinking', data };
}

/** A call's head, without its arguments. */
export const writeCall = (part: Extract<Part, { type: 'tool-call' }>): JsonObject => ({
  type: 'tool_use',
  id: part.id,
  name: part.name,
  input: {},
  ...part.extras?.anthropic,
});

/** What is no JSON stays visible under a name of its own, so that the tool refuses it and the model can mend it. */
function writeInput(input: string): JsonObject {
  if (input.trim() === '') return {};
  const value = parseJson(input);
  return isObject(value) ? value : { [unparsed]: input };
}

/** The name of what a call holds that is no JSON: LiteLLM's, and no tool's own. */
export const unparsed = '__unparsed';

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

export const readReason = (stopReason: Json | undefined): FinishReason =>
  (typeof stopReason === 'string' ? reasons[stopReason] : undefined) ?? 'other';

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  other: 'end_turn',
};

export const writeReason = (reason: FinishReason, stopSequence: string | undefined): string =>
  stopSequence === undefined ? stopReasons[reason] : 'stop_sequence';

/** A stop reason that `writeReason` would not give back. */
export const keptReason = (stopReason: Json | undefined): JsonObject =>
  stopReason === undefined || stopReason === 'stop_sequence' || stopReason === stopReasons[readReason(stopReason)]
    ? {}
    : { stop_reason: stopReason };
