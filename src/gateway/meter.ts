import type { ChatEvent, Usage } from '../chat/chat.ts';

/** What was seen of an answer, for its bill. One for each attempt. */
export interface Meter {
  readonly see: (event: ChatEvent) => void;
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
          if (event.part.type === 'text' || event.part.type === 'reasoning') texts.push(event.part.text);
          else if (event.part.type === 'tool-call') texts.push(event.part.name, event.part.input);
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
