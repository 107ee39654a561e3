import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { isOurId } from '../dialects/openai-responses/wire.ts';
import { isPacked } from '../dialects/packed-extras.ts';
import { isArray, isObject, objectIn, without } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { inOrder } from './adjust.ts';
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

/**
 * What another provider said earlier in the conversation, as OpenAI takes it: without ids that it would look up in vain, and
 * without thoughts that it did not seal itself. Another server in its place may read those that are not sealed.
 */
const itsOwnItems: Adjustment = (body, { ownBase, model }) => {
  const { input } = body;
  if (!isArray(input)) return body;
  const looksUp = !ownBase || isReasoningModel(model);
  const isForeign = (item: Json): boolean =>
    isObject(item) && item.type !== 'item_reference' && (isPackedItem(item) || (looksUp && isOurId(item.id)));
  if (!input.some(isForeign)) return body;
  return {
    ...body,
    input: input.flatMap((item): readonly Json[] => (isObject(item) && isForeign(item) ? said(item) : [item])),
  };
};

const isPackedItem = ({ id, encrypted_content: seal }: JsonObject): boolean =>
  (typeof seal === 'string' && isPacked(seal)) || (typeof id === 'string' && isPacked(id.slice(id.indexOf('_') + 1)));

const said = (item: JsonObject): readonly JsonObject[] =>
  item.type === 'reasoning' && (item.encrypted_content == null || isPackedItem(item)) ? [] : [without(item, 'id')];

/** OpenAI's Responses, and those of other servers that take the place of OpenAI's address. */
export const responses: Spoken = {
  dialect: openaiResponses,
  url: responsesUrl,
  refuses: refusedInResponses,
  adjust: inOrder(itsOwnItems, knownEffort),
};

/** xAI's, which take the system prompt only as a message (docs.x.ai, "Responses API": `instructions` is not supported). */
export const xaiResponses: Spoken = {
  dialect: openaiResponses,
  url: responsesUrl,
  adjust: (body, target) => {
    const own = itsOwnItems(body, target);
    const { instructions, input } = own;
    if (typeof instructions !== 'string') return own;
    const items = isArray(input) ? input : [{ role: 'user', content: input }];
    return { ...without(own, 'instructions'), input: [{ role: 'system', content: instructions }, ...items] };
  },
};
