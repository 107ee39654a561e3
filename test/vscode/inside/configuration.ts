/** What the gateway is given while the tests run: one model, at a provider of theirs. */
export const insideConfig = (provider: string): string => `
model_list:
  - model_name: gpt
    litellm_params:
      model: openai/gpt-5
      api_base: ${provider}/v1
      api_key: sk-provider-key-of-the-tests
      input_cost_per_token: 0.0001
      output_cost_per_token: 0.0002
`;
