import { completions as completionsDialect } from '../dialects/relayed/completions.ts';
import * as formats from '../dialects/relayed/formats.ts';
import * as sounds from '../dialects/relayed/sound.ts';
import { askForUsage } from './adjust.ts';
import type { Adjustment } from './adjust.ts';
import type { Spoken, Target } from './provider.ts';
import { appended } from './url.ts';

/** The address of a route beside `/chat/completions`, which people may have written behind the base. */
const beside =
  (route: string) =>
  ({ baseUrl }: Target): string =>
    appended(baseUrl.replace(/\/chat\/completions\/?$/, ''), route);

/** The routes that a provider may have beside its chat, where OpenAI has them: a provider lists its own under `speaks`. */
export const embeddings: Spoken = { dialect: formats.embeddings, url: beside('/embeddings') };
export const completions: Spoken = { dialect: completionsDialect, url: beside('/completions'), adjust: askForUsage };
export const moderations: Spoken = { dialect: formats.moderations, url: beside('/moderations') };
export const images: Spoken = { dialect: formats.images, url: beside('/images/generations') };
export const rerank: Spoken = { dialect: formats.rerank, url: beside('/rerank') };
export const speech: Spoken = { dialect: sounds.speech, url: beside('/audio/speech') };
export const transcriptions: Spoken = { dialect: sounds.transcriptions, url: beside('/audio/transcriptions') };
export const translations: Spoken = { dialect: sounds.translations, url: beside('/audio/translations') };
/** All that a server may have for sound. */
export const sound: readonly Spoken[] = [speech, transcriptions, translations];

/** OpenAI completes 16 tokens unless told otherwise (API reference, "Create completion"); a budget's limit must not make it more. */
export const briefUnlessTold: Adjustment = (body) => (body.max_tokens == null ? { ...body, max_tokens: 16 } : body);

/** OpenAI's own. Another server in its place may complete more. */
export const openaiRoutes: readonly Spoken[] = [
  embeddings,
  {
    ...completions,
    adjust: (body, target) => askForUsage(target.ownBase ? body : briefUnlessTold(body, target), target),
  },
  moderations,
  images,
  ...sound,
];
