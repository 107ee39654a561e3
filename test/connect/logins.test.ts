import assert from 'node:assert/strict';
import { loginsOn } from '../../src/connect/logins.ts';

const on = async (texts: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) => {
  const found = await loginsOn({ home: '/home/me', variable: (name) => variables[name] }, (path) =>
    Promise.resolve(texts[path.replaceAll('\\', '/')]),
  );
  return found.map(({ assistant }) => assistant);
};

describe('logins', () => {
  it('are found by the files that assistants leave', async () => {
    assert.deepEqual(await on({ '/home/me/.claude/.credentials.json': '{"claudeAiOauth":{"accessToken":"x"}}' }), [
      'claude-code',
    ]);
    assert.deepEqual(await on({ '/home/me/.claude.json': '{"oauthAccount":{"emailAddress":"a@b"}}' }), ['claude-code']);
    assert.deepEqual(await on({ '/home/me/.codex/auth.json': '{"tokens":{"access_token":"x"}}' }), ['codex']);
    assert.deepEqual(await on({ '/home/me/.gemini/oauth_creds.json': '{"refresh_token":"x"}' }), ['gemini-cli']);
    assert.deepEqual(await on({ '/home/me/.qwen/oauth_creds.json': '{"refresh_token":"x"}' }), ['qwen-code']);
  });

  it('are none where an API key is used, or a file is damaged', async () => {
    assert.deepEqual(await on({}), []);
    assert.deepEqual(
      await on({
        '/home/me/.codex/auth.json': '{"OPENAI_API_KEY":"sk-x","tokens":null}',
        '/home/me/.claude.json': '{',
      }),
      [],
    );
  });

  it('are looked for where the assistant was told to keep them', async () => {
    const texts = { '/else/auth.json': '{"tokens":{}}', '/claude/.credentials.json': '{"claudeAiOauth":{}}' };
    assert.deepEqual(await on(texts, { CODEX_HOME: '/else', CLAUDE_CONFIG_DIR: '/claude' }), ['claude-code', 'codex']);
  });

  it('are not looked for by a file that may not be read', async () => {
    const found = await loginsOn({ home: '/home/me', variable: () => undefined }, () =>
      Promise.reject(new Error('EACCES')),
    );
    assert.deepEqual(found, []);
  });
});
