import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { isArray, objectIn, without } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Adjustment } from './adjust.ts';
import { isReasoningModel, knownEfforts, samplesWith } from './openai-models.ts';
import type { Spoken, Target } from './provider.ts';
import { withEffortOf } from './thinking.ts';
import { appended } from './url.ts';

/** Beside `/chat/completions`. */
const responsesUrl = (target: Target): string =>
  appended(target.baseUrl.replace(/\/chat\/completions\/?$/, ''), '/responses');

const knownEffort: Adjustment = (body, { model }) => {
  const reasoning = objectIn(body.reasoning);
  const { effort } = reasoning;
  const { reasoning_effort: known } = withEffortOf({ reasoning_effort: effort }, knownEfforts(model));
  return known === effort ? body : { ...body, reasoning: { ...reasoning, effort: known } };
};

/** The fields that OpenAI's models answer 400 to (API reference, "Create a model response", and the reasoning guide). */
function refusedInResponses({ model }: Target, body: JsonObject): readonly string[] {
  if (!isReasoningModel(model) || samplesWith(model, objectIn(body.reasoning).effort)) return [];
  const refused = ['top_p', 'top_logprobs'];
  return body.temperature === 1 ? refused : [...refused, 'temperature']; // 1 is the default and the only value taken
}

/** OpenAI's Responses, and those of other servers that take the place of OpenAI's address. */
export const responses: Spoken = {
  dialect: openaiResponses,
  url: responsesUrl,
  refuses: refusedInResponses,
  adjust: knownEffort,
};

/** xAI's, which take the system prompt only as a message (docs.x.ai, "Responses API": `instructions` is not supported). */
export const xaiResponses: Spoken = {
  dialect: openaiResponses,
  url: responsesUrl,
  adjust: (body) => {
    const { instructions, input } = body;
    if (typeof instructions !== 'string') return body;
    const said = isArray(input) ? input : [{ role: 'user', content: input }];
    return { ...without(body, 'instructions'), input: [{ role: 'system', content: instructions }, ...said] };
  },
};
