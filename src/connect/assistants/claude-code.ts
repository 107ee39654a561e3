import { join } from 'node:path';
import type { Assistant } from '../assistant.ts';
import { setting, settings } from './settings.ts';

/** https://code.claude.com/docs/en/llm-gateway; both files and the haiku slot are measured. The file of a project is the one that is not committed. */
export const claudeCode: Assistant = {
  id: 'claude-code',
  title: 'Claude Code',
  detail: 'the command line and the VS Code extension, which read the same files',
  scopes: ['project', 'user'],
  agents: ['Claude Code'],
  traces: { commands: ['claude'], folders: ['.claude'], extensions: ['anthropic.claude-code'] },
  family: 'claude',
  edits: ({ url, key, model, smallModel }, scope, { home, project = home, variable }) => [
    {
      path:
        scope === 'project'
          ? join(project, '.claude', 'settings.local.json')
          : join(variable('CLAUDE_CONFIG_DIR') ?? join(home, '.claude'), 'settings.json'),
      format: 'json',
      isSecret: true,
      settings: [
        setting(['env', 'ANTHROPIC_BASE_URL'], url),
        setting(['env', 'ANTHROPIC_AUTH_TOKEN'], key),
        setting(['env', 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY'], '1'),
        ...settings(['env', 'ANTHROPIC_MODEL'], model),
        ...settings(['env', 'ANTHROPIC_DEFAULT_HAIKU_MODEL'], model && (smallModel ?? model)),
      ],
    },
  ],
  then: 'Start a new session; in VS Code reload the window. Its own login, if there is one, is not asked while this holds.',
};
