import type { Part, ReasoningPart, TextPart, ToolCallPart } from '../../chat/chat.ts';
import { defined } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { customText } from '../custom-tool.ts';
import { writeContentPart, writeMediaPart } from './content.ts';
import { detailsOf, thinkingBlock } from './reasoning.ts';
import { own, thoughtContent } from './wire.ts';

/** A model's turn as a message, in a request's history and in an answer alike; there `customs` names the custom tools. */
export function writeAssistant(parts: readonly Part[], customs?: ReadonlySet<string>): JsonObject {
  const texts = parts.filter((part) => part.type === 'text');
  const reasoning = parts.filter((part) => part.type === 'reasoning');
  const calls = parts.filter((part) => part.type === 'tool-call');
  const images = parts.filter((part) => part.type === 'media' && part.kind === 'image');
  return {
    role: 'assistant',
    content: writeTexts(texts.filter((part) => !isRefusal(part))),
    ...writeReasoning(reasoning),
    ...defined({
      refusal: listed(texts.filter(isRefusal).map(({ text }) => text))?.join(''),
      images: listed(images.map((part) => (part.type === 'media' ? writeMediaPart(part) : {}))), // as OpenRouter has them
      tool_calls: listed(calls.map((part) => (customs?.has(part.name) ? writeCustomCall(part) : writeCall(part)))),
    }),
  };
}

/** Text blocks of one turn belong together without anything between them: Anthropic cuts a sentence where a source ends. */
function writeTexts(texts: readonly TextPart[]): Json {
  if (texts.length === 0) return null;
  return texts.some((part) => part.cache) ? texts.map(writeContentPart) : texts.map(({ text }) => text).join('');
}

function writeReasoning(parts: readonly ReasoningPart[]): JsonObject {
  const text = parts.map((part) => part.text).join('');
  return defined({
    reasoning_content: text === '' ? undefined : text,
    thinking_blocks: listed(
      parts.map((part) => thinkingBlock(part.text, part.extras)).filter((block) => block !== undefined),
    ),
    reasoning_details: listed(parts.flatMap(detailsOf)),
  });
}

/** `arguments` is always JSON: clients parse it even where a tool takes none. */
export const writeCall = (part: ToolCallPart): JsonObject =>
  defined({
    id: part.id,
    type: 'function',
    function: { name: part.name, arguments: part.input === '' ? '{}' : part.input },
    extra_content: thoughtContent(part.extras),
  });

const writeCustomCall = (part: ToolCallPart): JsonObject => ({
  id: part.id,
  type: 'custom',
  custom: { name: part.name, input: customText(part, part.input) },
});

export const isRefusal = (part: Part): boolean => part.extras?.[own]?.refusal === true;

const listed = <T extends Json>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
