import { noUsage } from '../../chat/chat.ts';
import type { Usage } from '../../chat/chat.ts';
import { totalInput, totalTokens } from '../../chat/usage.ts';
import { numberIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** Gemini counts cached tokens inside the prompt, but thoughts and the prompts of its own tools beside it. */
export function readUsage(metadata: JsonObject): Usage {
  const count = (name: string): number => numberIn(metadata[name]) ?? 0;
  const prompt = count('promptTokenCount') + count('toolUsePromptTokenCount');
  const cacheRead = Math.min(count('cachedContentTokenCount'), prompt);
  const reasoning = count('thoughtsTokenCount');
  // A blocked or empty answer has no candidates' count; the total then tells what was billed.
  const written =
    numberIn(metadata['candidatesTokenCount']) ?? Math.max(0, count('totalTokenCount') - prompt - reasoning);
  const audioInput =
    audioTokens(metadata['promptTokensDetails']) +
    audioTokens(metadata['toolUsePromptTokensDetails']) -
    audioTokens(metadata['cacheTokensDetails']);
  const audioOutput = audioTokens(metadata['candidatesTokensDetails']);
  const serviceTier = stringIn(metadata['serviceTier']);
  return {
    ...noUsage,
    input: prompt - cacheRead,
    cacheRead,
    output: written + reasoning,
    reasoning,
    ...(audioInput > 0 && { audioInput }),
    ...(audioOutput > 0 && { audioOutput }),
    ...(serviceTier !== undefined && { serviceTier }),
    raw: metadata,
  };
}

function audioTokens(details: unknown): number {
  const audio = objectsIn(details).filter((detail) => detail['modality'] === 'AUDIO');
  return audio.reduce((sum, detail) => sum + (numberIn(detail['tokenCount']) ?? 0), 0);
}

export function writeUsage(usage: Usage): JsonObject {
  if (usage.raw?.['promptTokenCount'] !== undefined) return usage.raw; // it is Gemini's own
  return {
    promptTokenCount: totalInput(usage),
    ...(usage.cacheRead > 0 && { cachedContentTokenCount: usage.cacheRead }),
    candidatesTokenCount: usage.output - usage.reasoning,
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: totalTokens(usage),
  };
}
