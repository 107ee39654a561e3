import type { ChatAnswer, ChatEvent, Part, Usage } from '../chat/chat.ts';

/** What was seen of an answer, for its bill. One for each attempt. */
export interface Meter {
  readonly see: (event: ChatEvent) => void;
  seeWhole(answer: ChatAnswer): void;
  /** The provider's usage, once it has said it. */
  readonly usage: Usage | undefined;
  /** Whether the answer came to its end. */
  readonly finished: boolean;
  /** The text that came so far, for a local count where the provider counts nothing. */
  readonly text: string;
}

/** So many pieces are made one. */
const foldAt = 1_000;

export const meter = (): Meter => new EventMeter();

class EventMeter implements Meter {
  usage: Usage | undefined;
  finished = false;
  readonly #texts: string[] = [];
  #folded = 0;

  readonly see = (event: ChatEvent): void => {
    switch (event.type) {
      case 'part-delta':
        this.#say(event.text);
        break;
      case 'part-start':
        // Some providers give a part whole; a call's name is output too.
        for (const text of textsOf(event.part)) this.#say(text);
        break;
      case 'start':
        this.usage = event.usage ?? this.usage;
        break;
      case 'finish':
        this.finished = true;
        this.usage = event.usage ?? this.usage;
        break;
      case 'part-end':
      case 'citation':
      case 'foreign':
        break;
    }
  };

  seeWhole(answer: ChatAnswer): void {
    this.finished = true;
    this.usage = answer.usage;
    if (answer.usage === undefined) for (const part of answer.parts) this.#texts.push(...textsOf(part));
  }

  get text(): string {
    return this.#texts.join('');
  }

  /** A string of its own for each token takes four times the memory of its text. */
  #say(text: string): void {
    this.#texts.push(text);
    if (this.#texts.length - this.#folded < foldAt) return;
    this.#texts.push(this.#texts.splice(this.#folded).join(''));
    this.#folded = this.#texts.length;
  }
}

function textsOf(part: Part): readonly string[] {
  if (part.type === 'text' || part.type === 'reasoning') return [part.text];
  return part.type === 'tool-call' ? [part.name, part.input] : [];
}
