import type { ListedModel } from '../gateway/models.ts';
import type { JsonObject } from '../lib/json.ts';

/** A client format's way of telling what models there are. */
export interface ModelForm {
  list(models: readonly ListedModel[], query: Readonly<Record<string, string | undefined>>): JsonObject;
  one(model: ListedModel): JsonObject;
}

/** No real date: clients want one, and nobody knows when a model was made. 2023-02-28T19:03:23Z, LiteLLM's. */
const created = 1677610602;

/** OpenAI's, with LiteLLM's additions where they are known. */
export const openaiForm: ModelForm = {
  list: (models) => ({ object: 'list', data: models.map(openaiForm.one) }),
  one: ({ id, maxInput, maxOutput }) => ({
    id,
    object: 'model',
    created,
    owned_by: 'purser',
    ...(maxInput !== undefined && { max_input_tokens: maxInput }),
    ...(maxOutput !== undefined && { max_output_tokens: maxOutput }),
  }),
};

/** https://docs.anthropic.com/en/api/models-list: pages of 20 unless asked otherwise, from an id on or up to one. */
export const anthropicForm: ModelForm = {
  list(models, { limit, after_id, before_id }) {
    const size = Math.min(Math.max(Number(limit) || 20, 1), 1000);
    const after = models.slice(models.findIndex(({ id }) => id === after_id) + 1);
    const end = before_id === undefined ? -1 : models.findIndex(({ id }) => id === before_id);
    const page = end < 0 ? after.slice(0, size) : models.slice(Math.max(0, end - size), end);
    return {
      data: page.map(anthropicForm.one),
      has_more: end < 0 ? after.length > size : end > size,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    };
  },
  one: ({ id, maxInput, maxOutput }) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
    ...(maxInput !== undefined && { max_input_tokens: maxInput }),
    ...(maxOutput !== undefined && { max_tokens: maxOutput }),
  }),
};

/** https://ai.google.dev/api/models, all on one page. */
export const geminiForm: ModelForm = {
  list: (models) => ({ models: models.map(geminiForm.one) }),
  one: ({ id, maxInput, maxOutput }) => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    ...(maxInput !== undefined && { inputTokenLimit: maxInput }),
    ...(maxOutput !== undefined && { outputTokenLimit: maxOutput }),
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  }),
};
