import { askForUsage, eachMessage, inOrder, oldOutputLimit, withoutCacheMarks, withoutReasoning } from './adjust.ts';
import type { Adjustment } from './adjust.ts';
import { moonshotBalance } from './balance.ts';
import { compatible, compatibleAdjust, plainMessages } from './compatible.ts';
import type { Provider } from './provider.ts';
import { completions, embeddings, images, moderations, rerank, sound } from './routes.ts';
import { inPlaceOfThinking, thinkingAsEffort, thinkingAsSwitch } from './thinking.ts';
import { modelsUrl } from './url.ts';

/** Fireworks' own models may be named without their path, as in LiteLLM. */
const fullModelName: Adjustment = (body) =>
  typeof body.model === 'string' && !/[/#]/.test(body.model)
    ? { ...body, model: `accounts/fireworks/models/${body.model}` }
    : body;

/** Qwen's words for thinking. */
const qwenThinking: Adjustment = (body) =>
  inPlaceOfThinking(body, ({ type, budget_tokens: budget }) => {
    if (type === 'disabled') return { enable_thinking: false };
    return { enable_thinking: true, ...(typeof budget === 'number' && { thinking_budget: budget }) };
  });

const switchedThinking = inOrder(plainMessages, withoutCacheMarks, thinkingAsSwitch, oldOutputLimit, askForUsage);

/** Hosts of open models, and gateways like ours, that need few words of their own. */
export const hosted: readonly Provider[] = [
  compatible({
    name: 'together_ai',
    title: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHERAI_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY'],
    priceId: 'together',
    speaks: [embeddings, completions, images, rerank, ...sound],
  }),
  compatible({
    name: 'fireworks_ai',
    title: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY'],
    modelsUrl,
    adjust: inOrder(compatibleAdjust, fullModelName),
    speaks: [embeddings, { ...completions, adjust: inOrder(fullModelName, askForUsage) }],
    priceId: 'fireworks',
  }),
  compatible({
    name: 'cerebras',
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariables: ['CEREBRAS_API_KEY'],
    modelsUrl,
    // inference-docs.cerebras.ai, "OpenAI compatibility": answered with 400; so is reasoning_content in a message.
    refuses: () => ['frequency_penalty', 'presence_penalty', 'logit_bias'],
    adjust: inOrder(compatibleAdjust, eachMessage(withoutReasoning)),
  }),
  compatible({
    name: 'moonshot',
    title: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariables: ['MOONSHOT_API_KEY'],
    modelsUrl,
    balance: moonshotBalance,
    adjust: switchedThinking,
    priceId: 'moonshotai',
    recalls: () => true,
  }),
  compatible({
    name: 'zai',
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    keyVariables: ['ZAI_API_KEY'],
    adjust: switchedThinking,
    recalls: () => true,
  }),
  compatible({
    name: 'dashscope',
    title: 'Alibaba Cloud Model Studio',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    keyVariables: ['DASHSCOPE_API_KEY'],
    adjust: inOrder(plainMessages, qwenThinking, oldOutputLimit, askForUsage),
  }),
  compatible({
    name: 'minimax',
    title: 'MiniMax',
    baseUrl: 'https://api.minimax.io/v1',
    keyVariables: ['MINIMAX_API_KEY'],
    recalls: () => true,
  }),
  compatible({
    name: 'nvidia_nim',
    title: 'NVIDIA NIM',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    keyVariables: ['NVIDIA_NIM_API_KEY', 'NVIDIA_API_KEY'],
    modelsUrl,
  }),
  compatible({
    name: 'github',
    title: 'GitHub Models',
    baseUrl: 'https://models.github.ai/inference',
    keyVariables: ['GITHUB_API_KEY'], // not GITHUB_TOKEN: many have that for other ends
  }),
  compatible({
    name: 'huggingface',
    title: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    keyVariables: ['HUGGINGFACE_API_KEY', 'HF_TOKEN'],
    modelsUrl,
  }),
  /** Another gateway to many providers: cache marks and efforts are passed on. */
  compatible({
    name: 'vercel_ai_gateway',
    title: 'Vercel AI Gateway',
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    keyVariables: ['VERCEL_AI_GATEWAY_API_KEY', 'AI_GATEWAY_API_KEY'],
    modelsUrl,
    adjust: inOrder(plainMessages, thinkingAsEffort, askForUsage),
  }),
  /** Another LiteLLM, or another Purser: it understands all that clients of ours may send. */
  compatible({
    name: 'litellm_proxy',
    title: 'LiteLLM',
    keyVariables: ['LITELLM_PROXY_API_KEY'],
    modelsUrl,
    adjust: askForUsage,
    speaks: [embeddings, completions, moderations, images, rerank, ...sound],
  }),
];
