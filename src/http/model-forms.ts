import type { ListedModel } from '../gateway/models.ts';
import { offeredName } from '../gateway/offered-name.ts';
import type { JsonObject } from '../lib/json.ts';

/** A client format's way of telling what models there are. */
export interface ModelForm {
  readonly list: (models: readonly ListedModel[], query: Readonly<Record<string, string | undefined>>) => JsonObject;
  readonly one: (model: ListedModel) => JsonObject;
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

/** Anthropic's, with every model under its own name. */
export const anthropicForm = anthropicFormWith((id) => id);

/** Anthropic's, with names that Claude Code takes. */
export const claudeCodeForm = anthropicFormWith(offeredName);

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

/** https://docs.anthropic.com/en/api/models-list: pages of 20 unless asked otherwise, from an id on or up to one. */
function anthropicFormWith(nameOf: (id: string) => string): ModelForm {
  const one = ({ id, maxInput, maxOutput }: ListedModel): JsonObject => ({
    type: 'model',
    id: nameOf(id),
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
    ...(maxInput !== undefined && { max_input_tokens: maxInput }),
    ...(maxOutput !== undefined && { max_tokens: maxOutput }),
  });
  return {
    one,
    list(models, { limit, after_id, before_id }) {
      const all = models.map(one);
      const size = Math.min(Math.max(Number(limit) || 20, 1), 1000);
      const after = all.slice(all.findIndex(({ id }) => id === after_id) + 1);
      const end = before_id === undefined ? -1 : all.findIndex(({ id }) => id === before_id);
      const page = end < 0 ? after.slice(0, size) : all.slice(Math.max(0, end - size), end);
      return {
        data: page,
        has_more: end < 0 ? after.length > size : end > size,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
      };
    },
  };
}
