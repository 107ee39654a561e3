import { ofFamily, servesAll, type Assistant, type OfferedModel } from './assistant.ts';

/** What to propose for an assistant. */
export interface ModelChoices {
  /** Whether it finds models by the names that it asks for by itself. */
  readonly hasOwn: boolean;
  /** The likeliest first. */
  readonly models: readonly OfferedModel[];
}

/** Those that no conversation can be held with. */
const noChat = /embed|whisper|tts|dall-e|image|moderation|rerank|transcribe|speech|sora|veo|imagen|realtime|guard/i;

/** Bare names first, the demo last: it answers always the same. */
export function modelChoices({ family }: Pick<Assistant, 'family'>, offered: readonly OfferedModel[]): ModelChoices {
  const own = family === undefined ? [] : ofFamily(offered, family);
  const chat = offered.filter(({ id }) => !noChat.test(id) && !id.includes('*'));
  const rank = (model: OfferedModel): number =>
    own.includes(model) ? 0 : model.id === 'demo' ? 3 : model.id.includes('/') ? 2 : 1;
  return {
    hasOwn: family !== undefined && servesAll(offered, family),
    models: chat.toSorted((a, b) => rank(a) - rank(b)),
  };
}

/** A cheap companion of the same maker for titles and summaries; the model itself where there is none. */
export function smallModelFor(model: string, offered: readonly OfferedModel[]): string {
  const maker = /^(?:.*\/)?[a-z]+/i.exec(model)?.[0] ?? model;
  const small = offered.filter(
    ({ id }) => id.startsWith(maker) && /haiku|mini|flash|small|lite/i.test(id) && !noChat.test(id),
  );
  return small[0]?.id ?? model;
}
