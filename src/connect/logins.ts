import { join } from 'node:path';
import { isObject, objectIn, parseJson, stringIn } from '../lib/json.ts';
import type { Places } from './assistant.ts';
import type { ReadText } from './repository.ts';

/** A subscription or an account that an assistant is logged in with, whose calls cost nothing more. */
export interface Login {
  readonly assistant: string;
  /** To stand after "logged in with". */
  readonly what: string;
}

/** Who is logged in on this machine, by the files that the assistants leave; no secret of them is kept. */
export async function loginsOn(
  { home, variable }: Pick<Places, 'home' | 'variable'>,
  read: ReadText,
): Promise<readonly Login[]> {
  const jsonAt = async (...path: readonly string[]) =>
    objectIn(parseJson((await read(join(...path)).catch(() => undefined)) ?? ''));
  const claude = variable('CLAUDE_CONFIG_DIR') ?? join(home, '.claude');
  const [credentials, account, chatgpt, google, qwen] = await Promise.all([
    jsonAt(claude, '.credentials.json'),
    jsonAt(home, '.claude.json'),
    jsonAt(variable('CODEX_HOME') ?? join(home, '.codex'), 'auth.json'),
    jsonAt(home, '.gemini', 'oauth_creds.json'),
    jsonAt(home, '.qwen', 'oauth_creds.json'),
  ]);
  const found: (Login | false)[] = [
    (isObject(credentials['claudeAiOauth']) || isObject(account['oauthAccount'])) && {
      assistant: 'claude-code',
      what: 'a Claude account',
    },
    isObject(chatgpt['tokens']) && { assistant: 'codex', what: 'a ChatGPT account' },
    stringIn(google['refresh_token']) !== undefined && { assistant: 'gemini-cli', what: 'a Google account' },
    stringIn(qwen['refresh_token']) !== undefined && { assistant: 'qwen-code', what: 'a Qwen account' },
  ];
  return found.filter((login) => login !== false);
}
