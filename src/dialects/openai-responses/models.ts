/** Whether this is one of OpenAI's models that think before they answer, by its name. */
export const isReasoningModel = (model: string): boolean =>
  /^(ft:)?(o[134](-|$)|gpt-[5-9](?!-chat)|codex-)/.test(model);

/** OpenAI's models that refuse to be told how to reason. */
export const takesNoReasoning = (model: string): boolean => /^(ft:)?(gpt-([34]|5-chat)|chatgpt-)/.test(model);
