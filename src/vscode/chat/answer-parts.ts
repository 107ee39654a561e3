import type { ChatEvent, Extras, Part, Usage } from '../../chat/chat.ts';
import { Failure } from '../../chat/failure.ts';
import { isObject, parseJson, stringIn, type JsonObject } from '../../lib/json.ts';
import { thinkingMetadata } from './editor-turns.ts';

/** A piece of an answer, to be handed to the editor in its own class. */
export type Told =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string; readonly metadata?: Readonly<Record<string, string>> }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly input: JsonObject }
  | { readonly type: 'usage'; readonly usage: JsonObject };

/** What an answer's events tell the editor. Calls are told whole, text and thinking as they come. */
export function answerReader(): (event: ChatEvent) => readonly Told[] {
  const open = new Map<number, { readonly part: Part; text: string }>();
  let hasSaidAnything = false;
  const read = (event: ChatEvent): readonly Told[] => {
    switch (event.type) {
      case 'part-start':
        open.set(event.index, { part: event.part, text: '' });
        return [];
      case 'part-delta': {
        const one = open.get(event.index);
        if (one === undefined) return [];
        one.text += event.text;
        return toldAtOnce(one.part, event.text);
      }
      case 'part-end': {
        const one = open.get(event.index);
        open.delete(event.index);
        return one === undefined ? [] : toldAtEnd(one.part, one.text, event.extras);
      }
      case 'finish':
        if (event.reason === 'content-filter' && !hasSaidAnything) throw filtered();
        return event.usage === undefined ? [] : [{ type: 'usage', usage: usageForEditor(event.usage) }];
      case 'start':
      case 'citation':
      case 'foreign':
        return [];
    }
  };
  return (event) => {
    const told = read(event);
    hasSaidAnything ||= told.some(({ type }) => type === 'text' || type === 'tool-call');
    return told;
  };
}

function toldAtOnce({ type }: Part, text: string): readonly Told[] {
  return type === 'text' ? [{ type, text }] : type === 'reasoning' ? [{ type: 'thinking', text }] : [];
}

function toldAtEnd(part: Part, text: string, extras: Extras | undefined): readonly Told[] {
  if (part.type === 'tool-call') return [toldCall(part.id, part.name, text)];
  if (part.type !== 'reasoning') return [];
  const redacted = stringIn(part.extras?.['anthropic']?.['redacted']);
  const signature = stringIn((extras ?? part.extras)?.['anthropic']?.['signature']);
  if (redacted !== undefined) return [{ type: 'thinking', text: '', metadata: thinkingMetadata('', { redacted }) }];
  if (signature === undefined) return [];
  return [{ type: 'thinking', text: '', metadata: thinkingMetadata(text, { signature }) }];
}

function toldCall(id: string, name: string, text: string): Told {
  const input = text.trim() === '' ? {} : parseJson(text);
  if (isObject(input)) return { type: 'tool-call', id, name, input };
  throw new Failure(
    'provider-nonsense',
    `The call of ${name} broke off: what the model wrote for it is no JSON object. The answer may have reached its limit.`,
  );
}

const filtered = (): Failure =>
  new Failure('content-policy', "The provider's content filter stopped the answer before it began.");

/** As the editor's own models tell it, for its display of how full the context is. */
function usageForEditor({ input, cacheRead, cacheWrite, cacheWrite1h, output }: Usage): JsonObject {
  const prompt_tokens = input + cacheRead + cacheWrite + cacheWrite1h;
  return {
    prompt_tokens,
    completion_tokens: output,
    total_tokens: prompt_tokens + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
  };
}
