import { anthropic } from './anthropic.ts';
import { azure } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { cohere, cohereChat } from './cohere.ts';
import { deepseek } from './deepseek.ts';
import { gemini } from './gemini.ts';
import { groq } from './groq.ts';
import { hosted } from './hosted.ts';
import { local } from './local.ts';
import { codestral, mistral } from './mistral.ts';
import { ollama, ollamaChat } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { perplexity } from './perplexity.ts';
import type { Provider } from './provider.ts';
import { xai } from './xai.ts';

/** Every provider the gateway knows. */
export const providers: readonly Provider[] = [
  openai,
  azure,
  anthropic,
  gemini,
  groq,
  perplexity,
  openrouter,
  ollama,
  ollamaChat,
  deepseek,
  mistral,
  codestral,
  xai,
  cohere,
  cohereChat,
  bedrock,
  ...hosted,
  ...local,
];

const byName: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.name, provider]));

/** The provider behind LiteLLM's prefix `name`; undefined where there is none. */
export const findProvider = (name: string): Provider | undefined => byName.get(name);
