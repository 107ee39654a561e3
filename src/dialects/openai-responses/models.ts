/** Whether this is one of OpenAI's models that think before they answer, by its name. */
export const isReasoningModel = (model: string): boolean =>
  /^(ft:)?(o[134](-|$)|gpt-[5-9](?!-chat)|codex-)/.test(model);
