import { t } from './l10n.ts';

export interface Recipe {
  readonly name: string;
  /** Where the text goes. */
  readonly place: string;
  readonly text: string;
}

interface Access {
  /** `http://127.0.0.1:4144/v1` */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

/** What to paste where, so that a tool uses a key. */
export function recipes({ baseUrl, key, model }: Access): readonly Recipe[] {
  const base = baseUrl.replace(/\/v1$/, '');
  const claude = { ANTHROPIC_BASE_URL: base, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_MODEL: model };
  return [
    {
      name: 'Claude Code',
      place: t('~/.claude/settings.json, or .claude/settings.local.json of a project'),
      text: JSON.stringify({ env: { ...claude, ANTHROPIC_DEFAULT_HAIKU_MODEL: model } }, null, 2),
    },
    {
      name: 'Codex',
      place: t('~/.codex/config.toml, with PURSER_KEY={0} in ~/.codex/.env', key),
      text: [
        `model = "${model}"`,
        'model_provider = "purser"',
        '',
        '[model_providers.purser]',
        'name = "Purser"',
        `base_url = "${baseUrl}"`,
        'wire_api = "responses"',
        'env_key = "PURSER_KEY"',
      ].join('\n'),
    },
    {
      name: 'Gemini CLI',
      place: '~/.gemini/.env',
      text: `GOOGLE_GEMINI_BASE_URL=${base}\nGEMINI_API_KEY=${key}\nGEMINI_MODEL=${model}`,
    },
    {
      name: 'Cline, Roo Code',
      place: t('The settings panel: provider "OpenAI Compatible"'),
      text: `Base URL: ${baseUrl}\nAPI key:  ${key}\nModel:    ${model}`,
    },
    {
      name: 'OpenAI SDKs',
      place: t('The environment'),
      text: `OPENAI_BASE_URL=${baseUrl}\nOPENAI_API_KEY=${key}`,
    },
    {
      name: 'curl',
      place: t('A terminal'),
      text: `curl ${baseUrl}/chat/completions -H "authorization: Bearer ${key}" -H "content-type: application/json" -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'`,
    },
  ];
}
