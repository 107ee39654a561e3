import type { Target } from './provider.ts';

/** `base` with those segments after it that it does not end with already: people write a base with `/v1`, without, or the whole address. */
export function appended(base: string, ...segments: readonly string[]): string {
  const start = base.replace(/\/+$/, '');
  for (let count = segments.length; count > 0; count -= 1) {
    if (start.endsWith(segments.slice(0, count).join(''))) return start + segments.slice(count).join('');
  }
  return start + segments.join('');
}

export const chatCompletionsUrl = (target: Target): string => appended(target.baseUrl, '/chat/completions');

/** OpenAI's list of models, beside `/chat/completions`. */
export const modelsUrl = (target: Target): string =>
  appended(target.baseUrl.replace(/\/chat\/completions\/?$/, ''), '/models');
