import { anthropic } from '../dialects/anthropic/anthropic.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { gemini } from '../dialects/gemini/gemini.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { completions } from '../dialects/relayed/completions.ts';
import { embeddings, images, moderations, rerank } from '../dialects/relayed/formats.ts';
import { speech, transcriptions, translations } from '../dialects/relayed/sound.ts';

/** Every format that clients speak, by its name. */
const clients: ReadonlyMap<string, Dialect> = new Map(
  [
    ...[openaiChat, anthropic, openaiResponses, gemini, completions, embeddings],
    ...[moderations, images, rerank, speech, transcriptions, translations],
  ].map((dialect) => [dialect.name, dialect]),
);

export const clientNamed = (name: string): Dialect | undefined => clients.get(name);
