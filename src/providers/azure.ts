import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { keyIn } from './headers.ts';
import { chatAdjust, reasoningAdjust } from './openai.ts';
import { foreignFields, isReasoningModel, refusedByModel } from './openai-models.ts';
import type { Provider, Target } from './provider.ts';
import { responses } from './responses.ts';
import { appended } from './url.ts';

/** OpenAI's models as Azure deployments; the model is the deployment's name. */
export const azure: Provider = {
  name: 'azure',
  title: 'Azure OpenAI',
  dialect: openaiChat,
  speaks: [{ ...responses, url: responsesUrl }],
  keyVariables: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  url: azureUrl,
  headers: keyIn('api-key'),
  refuses: (target, body) => [...refusedByModel(target.model, body), ...foreignFields],
  adjust: (body, target) => (isReasoningModel(target.model) ? reasoningAdjust : chatAdjust)(body, target),
};

/** The last dated version; what came after it is the undated `v1`. */
const defaultVersion = '2025-04-01-preview';

const isUndated = ({ baseUrl, apiVersion }: Target): boolean =>
  /^(v1|latest|preview)$/.test(apiVersion ?? '') || (apiVersion === undefined && baseUrl.endsWith('/openai/v1'));

function undatedUrl({ baseUrl, apiVersion }: Target, route: string): string {
  const url = appended(baseUrl, '/openai', '/v1', route);
  return apiVersion === 'preview' ? `${url}?api-version=preview` : url;
}

/** Responses have one route for all deployments; the body names the one that is meant. */
function responsesUrl(target: Target): string {
  if (isUndated(target)) return undatedUrl(target, '/responses');
  const base = target.baseUrl.replace(/\/openai\/deployments\/.*$/, '');
  const version = encodeURIComponent(target.apiVersion ?? defaultVersion);
  return `${appended(base, '/openai', '/responses')}?api-version=${version}`;
}

function azureUrl(target: Target): string {
  const { baseUrl, model, apiVersion } = target;
  if (isUndated(target)) return undatedUrl(target, '/chat/completions');
  const deployment = baseUrl.includes('/openai/deployments/')
    ? baseUrl
    : appended(baseUrl, '/openai', `/deployments/${encodeURIComponent(model)}`);
  return `${appended(deployment, '/chat/completions')}?api-version=${encodeURIComponent(apiVersion ?? defaultVersion)}`;
}
