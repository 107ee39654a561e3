import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { keyIn } from './headers.ts';
import { chatAdjust, reasoningAdjust } from './openai.ts';
import { foreignFields, isReasoningModel, refusedByModel } from './openai-models.ts';
import type { Provider, Target } from './provider.ts';
import { appended } from './url.ts';

/** OpenAI's models as Azure deployments; the model is the deployment's name. */
export const azure: Provider = {
  name: 'azure',
  title: 'Azure OpenAI',
  dialect: openaiChat,
  keyVariables: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  url: azureUrl,
  headers: keyIn('api-key'),
  refuses: (target, body) => [...refusedByModel(target.model, body), ...foreignFields],
  adjust: (body, target) => (isReasoningModel(target.model) ? reasoningAdjust : chatAdjust)(body, target),
};

/** The last dated version; what came after it is the undated `v1`. */
const defaultVersion = '2025-04-01-preview';

function azureUrl({ baseUrl, model, apiVersion }: Target): string {
  if (/^(v1|latest|preview)$/.test(apiVersion ?? '') || (apiVersion === undefined && baseUrl.endsWith('/openai/v1'))) {
    const url = appended(baseUrl, '/openai', '/v1', '/chat/completions');
    return apiVersion === 'preview' ? `${url}?api-version=preview` : url;
  }
  const deployment = baseUrl.includes('/openai/deployments/')
    ? baseUrl
    : appended(baseUrl, '/openai', `/deployments/${encodeURIComponent(model)}`);
  return `${appended(deployment, '/chat/completions')}?api-version=${encodeURIComponent(apiVersion ?? defaultVersion)}`;
}
