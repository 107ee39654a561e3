/** LiteLLM's names for the kinds of calls whose answers can be kept, by the client's format. */
export const callTypes: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': ['acompletion', 'completion'],
  'openai-responses': ['aresponses', 'responses'],
  'openai-completions': ['atext_completion', 'text_completion'],
  'openai-embeddings': ['aembedding', 'embedding'],
  anthropic: ['anthropic_messages'],
  gemini: ['agenerate_content', 'generate_content', 'agenerate_content_stream', 'generate_content_stream'],
  rerank: ['arerank', 'rerank'],
};

/** LiteLLM's too, for calls whose answers Purser does not keep. */
export const otherCallTypes: readonly string[] = ['atranscription', 'transcription'];
