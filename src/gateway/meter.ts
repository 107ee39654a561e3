import type { ChatAnswer, ChatEvent, Part, Usage } from '../chat/chat.ts';

/** What was seen of an answer, for its bill. One for each attempt. */
export interface Meter {
  readonly see: (event: ChatEvent) => void;
  readonly seeWhole: (answer: ChatAnswer) => void;
  /** The provider's usage, once it has said it. */
  readonly usage: Usage | undefined;
  /** Whether the answer came to its end. */
  readonly finished: boolean;
  /** The text that came so far, for a local count where the provider counts nothing. */
  readonly text: string;
}

export function meter(): Meter {
  let usage: Usage | undefined;
  let finished = false;
  const texts: string[] = [];
  return {
    see(event) {
      switch (event.type) {
        case 'part-delta':
          texts.push(event.text);
          break;
        case 'part-start':
          // Some providers give a part whole; a call's name is output too.
          texts.push(...textsOf(event.part));
          break;
        case 'start':
          usage = event.usage ?? usage;
          break;
        case 'finish':
          finished = true;
          usage = event.usage ?? usage;
          break;
        case 'part-end':
        case 'citation':
        case 'foreign':
          break;
      }
    },
    seeWhole(answer) {
      finished = true;
      usage = answer.usage;
      if (usage === undefined) for (const part of answer.parts) texts.push(...textsOf(part));
    },
    get usage() {
      return usage;
    },
    get finished() {
      return finished;
    },
    get text() {
      return texts.join('');
    },
  };
}

function textsOf(part: Part): readonly string[] {
  if (part.type === 'text' || part.type === 'reasoning') return [part.text];
  return part.type === 'tool-call' ? [part.name, part.input] : [];
}
