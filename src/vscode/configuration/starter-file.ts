/** What `config.yaml` holds when it is first opened: nothing but comments, so that it changes nothing. */
export const starterFile = `# What Purser runs on: LiteLLM's schema, read again at every change.
#
# While this file lists no models, Purser offers:
#   demo            answers without any key
#   openai/*, ...   every provider whose key you added (Purser: Add Provider Key)
#                   or whose usual variable is set, and its own models by their bare ids
#   ollama_chat/*   Ollama, when it answers on its usual port
#
# Keys never stand in this file: os.environ/NAME is looked up among the keys you added, then in the environment.

# litellm_settings:
#   max_budget: 20          # dollars, for everything together
#   budget_duration: 1mo    # 1d, 7d, 1mo

# model_list:
#   - model_name: fast
#     litellm_params:
#       model: openai/gpt-4o-mini
#       api_key: os.environ/OPENAI_API_KEY
#   - model_name: claude-*
#     litellm_params:
#       model: anthropic/claude-*
#       api_key: os.environ/ANTHROPIC_API_KEY
#   - model_name: local
#     litellm_params:
#       model: ollama_chat/llama3.2
#       api_base: http://127.0.0.1:11434
`;
