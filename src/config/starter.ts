import type { JsonObject } from '../lib/json.ts';
import type { Environment } from './environment.ts';
import { families } from './families.ts';
import type { ProviderFacts } from './reading.ts';

export interface StarterRequest {
  readonly environment: Environment;
  readonly providers: Readonly<Record<string, ProviderFacts>>;
  /** Whether Ollama answers on its usual port, 11434. */
  readonly ollamaAnswers: boolean;
}

/** What a gateway offers when nobody wrote a model_list: a model that needs no key, and every provider whose key is there. */
export const starterModels = (request: StarterRequest): readonly JsonObject[] => [
  demo,
  ...keyed(request).flatMap(modelsOf),
  ...(request.ollamaAnswers ? [ollama] : []),
];

const demo: JsonObject = {
  model_name: 'demo',
  litellm_params: {
    model: 'openai/demo',
    mock_response: 'Hello from Purser. The gateway works; add a provider key to talk to a real model.',
    input_cost_per_token: 0,
    output_cost_per_token: 0,
  },
};

const entry = (name: string, model = name): JsonObject => ({ model_name: name, litellm_params: { model } });

const ollama = entry('ollama_chat/*');

/** The providers that can be called with what the environment has. */
const keyed = ({ providers, environment }: StarterRequest): readonly string[] =>
  Object.entries(providers)
    .filter(([, { needsBase, local }]) => !needsBase && !local)
    .filter(([, { keyVariables }]) => keyVariables.some((name) => environment(name) !== undefined))
    // Of two prefixes for the same account the first will do.
    .filter(
      ([, one], index, all) => all.findIndex(([, other]) => other.keyVariables[0] === one.keyVariables[0]) === index,
    )
    .map(([name]) => name);

/** All of a provider's models under its prefix, and its own family under their bare ids, as assistants' defaults name them. */
const modelsOf = (provider: string): readonly JsonObject[] => [
  entry(`${provider}/*`),
  ...(families[provider] ?? []).map((pattern) => entry(pattern, `${provider}/${pattern}`)),
];
