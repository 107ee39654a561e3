import type { Access } from './assistant.ts';

/** Something to put on the clipboard. */
export interface CopyBlock {
  readonly title: string;
  /** Whose it is, or what to do with it. */
  readonly detail: string;
  readonly text: string;
}

/** For whatever cannot be connected by a file: panels, scripts, and assistants that we do not know. */
export function copyBlocks({ url, key, model = 'MODEL' }: Access): readonly CopyBlock[] {
  const base = `${url}/v1`;
  const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
  return [
    {
      title: 'Base URL',
      detail: 'for the panels of Cline, Kilo Code, Roo Code, JetBrains AI Assistant: "OpenAI Compatible"',
      text: base,
    },
    { title: 'Key', detail: 'a virtual key, with its budget', text: key },
    { title: 'curl', detail: 'to see that it answers', text: curl(base, key, model) },
    {
      title: 'Environment (OpenAI)',
      detail: "for SDKs, LangChain, llm: a shell's profile or .env",
      text: lines(`OPENAI_BASE_URL=${base}`, `OPENAI_API_BASE=${base}`, `OPENAI_API_KEY=${key}`),
    },
    {
      title: 'Environment (Anthropic)',
      detail: "for Claude Code and Anthropic's SDKs",
      text: lines(`ANTHROPIC_BASE_URL=${url}`, `ANTHROPIC_AUTH_TOKEN=${key}`),
    },
    {
      title: 'Environment (Gemini)',
      detail: "for Gemini CLI and Google's SDKs",
      text: lines(`GOOGLE_GEMINI_BASE_URL=${url}`, `GEMINI_API_KEY=${key}`),
    },
    {
      title: 'Goose',
      detail: 'its environment',
      text: lines(
        'GOOSE_PROVIDER=openai',
        `GOOSE_MODEL=${model}`,
        `OPENAI_HOST=${url}`,
        'OPENAI_BASE_PATH=v1/chat/completions',
        `OPENAI_API_KEY=${key}`,
      ),
    },
    {
      title: 'Zed',
      detail: 'its settings.json; the key goes into its panel or PURSER_API_KEY',
      text: json(zed(base, model)),
    },
    { title: 'Crush', detail: 'crush.json', text: json(crush(base, key, model)) },
    { title: 'Droid', detail: '~/.factory/settings.json', text: json(droid(base, key, model)) },
  ];
}

const curl = (base: string, key: string, model: string): string =>
  `curl ${base}/chat/completions -H "authorization: Bearer ${key}" -H 'content-type: application/json' -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'\n`;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const zed = (base: string, model: string) => ({
  language_models: {
    openai_compatible: {
      Purser: {
        api_url: base,
        available_models: [{ name: model, max_tokens: 200_000, capabilities: { tools: true, images: true } }],
      },
    },
  },
});

const crush = (base: string, key: string, model: string) => ({
  providers: {
    purser: {
      type: 'openai-compat',
      base_url: base,
      api_key: key,
      models: [{ id: model, name: model, context_window: 200_000, default_max_tokens: 32_000 }],
    },
  },
});

const droid = (base: string, key: string, model: string) => ({
  customModels: [
    {
      model,
      displayName: `${model} (Purser)`,
      baseUrl: base,
      apiKey: key,
      provider: 'generic-chat-completion-api',
      maxOutputTokens: 32_000,
    },
  ],
});

/** Those that cannot use a gateway on this machine, and why. */
export const notPossible: readonly { readonly title: string; readonly reason: string }[] = [
  {
    title: 'Cursor',
    reason:
      "Cursor's own servers make the calls, and they reach only public https addresses, never this machine. Claude Code, Codex and Cline work inside Cursor.",
  },
  {
    title: 'Windsurf',
    reason: 'Windsurf has no setting for a base URL. Claude Code, Codex and Cline work inside Windsurf.',
  },
];
