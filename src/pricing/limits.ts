import { type JsonObject, numberIn } from '../lib/json.ts';

/** The most output tokens of a model: `model_info`'s word, else the family's; undefined when not known. */
export function maxOutputTokens(model: string, info: JsonObject = {}): number | undefined {
  const given = numberIn(info.max_output_tokens) ?? numberIn(info.max_tokens);
  if (given !== undefined && given > 0) return Math.floor(given);
  const name = model.toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1];
}

/**
 * By family, the more exact before the less; each pattern may stand anywhere after a `/`, `.` or at the start, since
 * resellers put the vendor's name first. A limit too high is harmless (the provider answers 400); one too low would cut
 * answers short, so families whose newest members are not known yet have none.
 */
const families: readonly (readonly [RegExp, number])[] = [
  // platform.openai.com/docs/models, each model's page.
  [family('gpt-4o-(audio|search|realtime)'), 16_384],
  [family('(chatgpt-4o|gpt-4o)'), 16_384],
  [family('gpt-4\\.1'), 32_768],
  [family('gpt-4\\.5'), 16_384],
  [family('gpt-5(\\.\\d)?-chat'), 16_384],
  [family('gpt-5-pro'), 272_000],
  [family('gpt-[56]'), 128_000],
  [family('gpt-oss'), 131_072],
  [family('o1-mini'), 65_536],
  [family('o1-preview'), 32_768],
  [family('o[134]'), 100_000],
  [family('gpt-4-32k'), 32_768],
  [family('gpt-4-(turbo|1106|0125|vision)'), 4_096],
  [family('gpt-4'), 8_192],
  [family('gpt-3\\.5-turbo-16k'), 16_384],
  [family('gpt-3\\.5'), 4_096],
  // docs.anthropic.com, models overview; 3.7 writes 128,000 under the beta output-128k-2025-02-19.
  [family('claude-(instant|2|3-(opus|sonnet|haiku))'), 4_096],
  [family('claude-3[.-]5'), 8_192],
  [family('claude-3[.-]7'), 128_000],
  [family('claude-opus-4([.-]1)?(?![.-]?[2-9](?!\\d))'), 32_000],
  [family('claude-(opus|sonnet|haiku)-4[.-]5'), 64_000],
  [family('claude-sonnet-4(?![.-]?[6-9](?!\\d))'), 64_000],
  [family('claude-(opus|sonnet|haiku|fable|mythos)-[4-9]'), 128_000],
  // ai.google.dev/gemini-api/docs/models
  [family('gemini-1\\.[05]'), 8_192],
  [family('gemini-2\\.0'), 8_192],
  [family('gemini-(2\\.5|[3-9])'), 65_536],
  // docs.perplexity.ai, models; the reasoning and research ones write more, by how much is not said.
  [family('sonar(-pro)?$'), 8_192],
  // api-docs.deepseek.com, pricing: chat 8,192 and reasoner 65,536, thinking included.
  [family('deepseek-reasoner'), 65_536],
  [family('deepseek-chat'), 8_192],
  // console.groq.com/docs/models and their deprecations page.
  [family('llama-?3-(8b|70b)-8192'), 8_192],
  [family('llama-3\\.3-70b-versatile'), 32_768],
  [family('llama-3\\.1-8b-instant'), 131_072],
  [family('mixtral-8x7b-32768'), 32_768],
  [family('(deepseek-r1-distill-llama-70b|kimi-k2-instruct)'), 131_072],
  // docs.cohere.com/docs/models
  [family('command-r'), 4_096],
  [family('command-a-reasoning'), 32_768],
  [family('command-a'), 8_192],
];

function family(pattern: string): RegExp {
  return new RegExp(`(?:^|[/.])${pattern}`);
}
