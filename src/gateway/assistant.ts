export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How assistants name themselves in their user agent (seen in their recorded requests), with the name people know. */
const knownAgents: readonly (readonly [sign: string, name: string])[] = [
  ['claude-cli/', 'Claude Code'],
  ['codex_', 'Codex'],
  ['GeminiCLI', 'Gemini CLI'],
  ['QwenCode/', 'Qwen Code'],
  ['opencode/', 'opencode'],
  ['Kilo-Code', 'Kilo Code'],
  ['RooCode', 'Roo Code'],
  ['Cline', 'Cline'],
  ['aider', 'Aider'],
  ['GitHubCopilotChat', 'Copilot Chat'],
  ['PurserChat/', 'VS Code chat'],
  ['Zed/', 'Zed'],
  ['litellm', 'LiteLLM'],
  ['LangChain', 'LangChain'],
  ['ai-sdk/', 'AI SDK'],
  ['OpenAI/Python', 'OpenAI Python'],
  ['OpenAI/JS', 'OpenAI JS'],
  ['AsyncOpenAI/Python', 'OpenAI Python'],
  ['Anthropic/', 'Anthropic SDK'],
  ['google-genai-sdk/', 'Google Gen AI'],
  ['ls/JS', 'Continue'],
  ['curl/', 'curl'],
];

/** The assistant that calls, by its user agent; null when it is not one that we know. */
export function assistantOf(headers: HeaderValues): string | null {
  const agent = headerText(headers['user-agent']);
  if (agent === undefined) return null;
  for (const [sign, name] of knownAgents) if (agent.includes(sign)) return name;
  return null;
}

const sessionHeaders = ['x-claude-code-session-id', 'session-id', 'x-session-id', 'x-litellm-session-id'];

/** The assistant's own name for its session, where it says one. */
export function sessionOf(headers: HeaderValues): string | null {
  for (const name of sessionHeaders) {
    const value = headerText(headers[name]);
    if (value !== undefined && value !== '') return value.slice(0, 128);
  }
  return null;
}

/** A header's text; the first where it came several times. */
export const headerText = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];
