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
  const details = ['promptTokensDetails', 'toolUsePromptTokensDetails'].flatMap((name) => objectsIn(metadata[name]));
  const audioCacheRead = tokensOf('AUDIO', metadata['cacheTokensDetails']);
  const audioInput = tokensOf('AUDIO', details) - audioCacheRead;
  const imageInput = tokensOf('IMAGE', details) - tokensOf('IMAGE', metadata['cacheTokensDetails']);
  const audioOutput = tokensOf('AUDIO', metadata['candidatesTokensDetails']);
  const imageOutput = tokensOf('IMAGE', metadata['candidatesTokensDetails']);
  const serviceTier = stringIn(metadata['serviceTier']);
  return {
    ...noUsage,
    input: prompt - cacheRead,
    cacheRead,
    output: written + reasoning,
    reasoning,
    ...(audioInput > 0 && { audioInput }),
    ...(audioOutput > 0 && { audioOutput }),
    ...(audioCacheRead > 0 && { audioCacheRead }),
    ...(imageInput > 0 && { imageInput }),
    ...(imageOutput > 0 && { imageOutput }),
    ...(serviceTier !== undefined && { serviceTier }),
    raw: metadata,
  };
}

function tokensOf(modality: string, details: unknown): number {
  let tokens = 0;
  for (const detail of objectsIn(details))
    if (detail['modality'] === modality) tokens += numberIn(detail['tokenCount']) ?? 0;
  return tokens;
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
