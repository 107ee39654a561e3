/** The ids that each provider's own models begin with; `o1*` stands for more than `o1`, so that stands there too. */
export const families: Readonly<Record<string, readonly string[]>> = {
  openai: ['gpt-*', 'chatgpt-*', 'o1', 'o1-*', 'o3', 'o3-*', 'o4-*', 'codex-*', 'text-embedding-*'],
  anthropic: ['claude-*'],
  gemini: ['gemini-*', 'gemma-*'],
  deepseek: ['deepseek-*'],
  mistral: ['mistral-*', 'ministral-*', 'magistral-*', 'codestral-*', 'devstral-*', 'pixtral-*'],
  xai: ['grok-*'],
  cohere: ['command-*', 'c4ai-*'],
  perplexity: ['sonar', 'sonar-*'],
};

/** The provider whose own model this is, by its id. */
export function providerOfModel(model: string): string | undefined {
  for (const [provider, patterns] of Object.entries(families)) {
    if (patterns.some((pattern) => matches(pattern, model))) return provider;
  }
  return undefined;
}

const matches = (pattern: string, model: string): boolean =>
  pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
