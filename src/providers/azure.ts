import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { askForUsage, inOrder } from './adjust.ts';
import { keyIn } from './headers.ts';
import { chatAdjust, reasoningAdjust } from './openai.ts';
import { foreignFields, isReasoningModel, refusedByModel } from './openai-models.ts';
import type { Provider, Target } from './provider.ts';
import { responses } from './responses.ts';
import { briefUnlessTold, completions, embeddings, images, speech, transcriptions, translations } from './routes.ts';
import { appended } from './url.ts';

/** OpenAI's models as Azure deployments; the model is the deployment's name. */
export const azure: Provider = {
  name: 'azure',
  title: 'Azure OpenAI',
  dialect: openaiChat,
  speaks: [
    { ...responses, url: responsesUrl },
    { ...embeddings, url: routeUrl('/embeddings') },
    { ...completions, url: routeUrl('/completions'), adjust: inOrder(briefUnlessTold, askForUsage) },
    { ...images, url: routeUrl('/images/generations') },
    { ...speech, url: routeUrl('/audio/speech') },
    { ...transcriptions, url: routeUrl('/audio/transcriptions') },
    { ...translations, url: routeUrl('/audio/translations') },
  ],
  keyVariables: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  url: routeUrl('/chat/completions'),
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

/** The address of one of a deployment's routes. */
function routeUrl(route: string): (target: Target) => string {
  return (target) => {
    const { baseUrl, model, apiVersion } = target;
    const base = baseUrl.replace(/\/chat\/completions\/?$/, '');
    if (isUndated(target)) return undatedUrl({ ...target, baseUrl: base }, route);
    const deployment = base.includes('/openai/deployments/')
      ? base
      : appended(base, '/openai', `/deployments/${encodeURIComponent(model)}`);
    return `${appended(deployment, route)}?api-version=${encodeURIComponent(apiVersion ?? defaultVersion)}`;
  };
}
