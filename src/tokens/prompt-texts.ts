import type { ChatRequest, Part, Tool, Turn } from '../chat/chat.ts';
import { renderTools } from './render-tools.ts';

export interface PromptTexts {
  readonly texts: readonly string[];
  /** Tokens beside the texts. */
  readonly overhead: number;
}

/** What a message costs beside its texts: three tokens, as OpenAI's cookbook counts, and one for the role. */
const perMessage = 4;
const perName = 1;
/** The answer begins with `assistant`, which is counted with the prompt. */
const priming = 3;
/** What a picture that is not looked at counts as; LiteLLM counts the same. */
const perImage = 250;
/** Gemini takes 32 tokens for a second of sound; base64 of ordinary MP3 has some 20,000 characters for one. */
const charactersPerSoundToken = 600;
/** A page of a PDF takes some 2,000 tokens at Anthropic, and some 50,000 characters of base64. */
const charactersPerFileToken = 25;

/** All that is counted of a request. Ids, cache marks and what only one dialect knows are not. */
export function promptTexts(request: ChatRequest): PromptTexts {
  const texts: string[] = [];
  let overhead = priming;
  const addPart = (part: Part): void => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        texts.push(part.text);
        break;
      case 'media':
        overhead += mediaTokens(part);
        break;
      case 'tool-call':
        texts.push(part.name, part.input);
        break;
      case 'tool-result':
        overhead += perMessage; // a message of its own in most formats
        part.parts.forEach(addPart);
    }
  };
  for (const turn of request.turns) {
    overhead += messageOverhead(turn);
    if (turn.name !== undefined) texts.push(turn.name);
    turn.parts.forEach(addPart);
  }
  addTools(request.tools, texts);
  const { format } = request.settings;
  if (format?.type === 'json-schema') texts.push(JSON.stringify(format.schema));
  return { texts: texts.filter((text) => text !== ''), overhead };
}

function messageOverhead(turn: Turn): number {
  const onlyResults = turn.parts.length > 0 && turn.parts.every((part) => part.type === 'tool-result');
  return (onlyResults ? 0 : perMessage) + (turn.name === undefined ? 0 : perName);
}

function mediaTokens({ kind, data = '' }: Extract<Part, { type: 'media' }>): number {
  if (kind === 'image') return perImage;
  return Math.ceil(data.length / (kind === 'audio' ? charactersPerSoundToken : charactersPerFileToken));
}

/** Each tool is a text of its own, so that one that changes does not make the others be counted again. */
function addTools(tools: readonly Tool[], texts: string[]): void {
  if (tools.length > 0) texts.push(...renderTools(tools));
}
