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

/** So many pieces are made one. */
const foldAt = 1_000;

export function meter(): Meter {
  let usage: Usage | undefined;
  let finished = false;
  const texts: string[] = [];
  let small = 0;
  /** A string of its own for each token takes four times the memory of its text. */
  const say = (text: string): void => {
    texts.push(text);
    if (texts.length - small < foldAt) return;
    texts.push(texts.splice(small).join(''));
    small = texts.length;
  };
  return {
    see(event) {
      switch (event.type) {
        case 'part-delta':
          say(event.text);
          break;
        case 'part-start':
          // Some providers give a part whole; a call's name is output too.
          textsOf(event.part).forEach(say);
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
