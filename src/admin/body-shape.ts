import { flag, list, maybe, number, object, oneOf, orNull, text, type Shaped } from '../lib/shape.ts';

/** A part of a conversation to be read; of a picture or another file only what is known of it. */
const part = object({
  ...{ type: oneOf(['text', 'reasoning', 'tool-call', 'tool-result', 'media']), text, name: maybe(text) },
  ...{ isError: maybe(flag), media: maybe(text), bytes: maybe(number), url: maybe(text) },
});
export const readableParts = list(part);
export type ReadablePart = Shaped<typeof part>;

const turn = object({ role: text, parts: readableParts });
export type ReadableTurn = Shaped<typeof turn>;

/** What is kept of one call, to be read. `until`: when it is deleted. */
export const readableBody = object({
  ...{ call: text, at: number, until: number, dialect: text, failure: orNull(text) },
  ...{ requestCut: flag, answerCut: flag, canReplay: flag },
  ...{ prompt: list(turn), tools: list(text), answer: readableParts },
});
export type ReadableBody = Shaped<typeof readableBody>;

/** The code of the refusal where nothing is kept. */
export const bodyNotKept = 'body_not_kept';
