import type { Usage } from './chat.ts';

export const totalInput = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h;

export const totalTokens = (usage: Usage): number => totalInput(usage) + usage.output;
