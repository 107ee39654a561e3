import { compatible } from './compatible.ts';
import type { Provider } from './provider.ts';
import { completions, embeddings, images, moderations, rerank, sound, transcriptions, translations } from './routes.ts';
import { appended, modelsUrl } from './url.ts';

/** A server of which nothing is known may have any route; what it lacks it says itself. */
const everyRoute = [embeddings, completions, moderations, images, rerank, ...sound];

/** Servers on the own machine or at an address that only the configuration knows. */
export const local: readonly Provider[] = [
  compatible({
    name: 'lm_studio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyVariables: ['LM_STUDIO_API_KEY'],
    speaks: [embeddings, completions],
    modelsUrl,
    local: true,
  }),
  compatible({
    name: 'llamafile',
    title: 'llamafile',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyVariables: ['LLAMAFILE_API_KEY'],
    speaks: [embeddings, completions],
    modelsUrl,
    local: true,
  }),
  /** Its address names an engine; `/v1` belongs to the path, and LiteLLM's users leave it out. */
  compatible({
    name: 'docker_model_runner',
    title: 'Docker Model Runner',
    baseUrl: 'http://127.0.0.1:12434/engines',
    keyVariables: ['DOCKER_MODEL_RUNNER_API_KEY'],
    local: true,
    url: (target) => appended(target.baseUrl, '/v1', '/chat/completions'),
    modelsUrl: (target) => appended(target.baseUrl, '/v1', '/models'),
  }),
  compatible({
    name: 'hosted_vllm',
    title: 'vLLM',
    keyVariables: ['HOSTED_VLLM_API_KEY'],
    speaks: [embeddings, completions, rerank, transcriptions, translations],
    modelsUrl,
    local: true,
  }),
  compatible({
    name: 'openai_like',
    title: 'OpenAI-compatible server',
    keyVariables: ['OPENAI_LIKE_API_KEY'],
    speaks: everyRoute,
    modelsUrl,
  }),
  compatible({
    name: 'custom_openai',
    title: 'OpenAI-compatible server',
    keyVariables: ['CUSTOM_OPENAI_API_KEY'],
    speaks: everyRoute,
    modelsUrl,
  }),
];
