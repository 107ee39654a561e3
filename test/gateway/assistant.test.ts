import assert from 'node:assert/strict';
import { assistantOf, sessionOf } from '../../src/gateway/assistant.ts';

describe('an assistant', () => {
  for (const [agent, name] of [
    ['claude-cli/2.1.330 (external, cli)', 'Claude Code'],
    ['codex_cli_rs/0.63.0 (Ubuntu 24.04; x86_64)', 'Codex'],
    ['OpenAI/JS 6.49.0', 'OpenAI JS'],
    ['AsyncOpenAI/Python 2.8.0', 'OpenAI Python'],
    ['opencode/1.0.80 ai-sdk/provider-utils/3.0.17', 'opencode'],
    ['PurserChat/0.1.0', 'VS Code chat'],
    ['curl/8.5.0', 'curl'],
  ]) {
    it(`is ${name} where the user agent is ${agent}`, () => {
      assert.equal(assistantOf({ 'user-agent': agent }), name);
    });
  }

  it('is unknown where the user agent is another or missing', () => {
    assert.equal(assistantOf({ 'user-agent': 'Mozilla/5.0' }), null);
    assert.equal(assistantOf({}), null);
  });

  it('names its session in a header of its own, of which so much is kept as a name needs', () => {
    assert.equal(sessionOf({ 'x-claude-code-session-id': 'abc' }), 'abc');
    assert.equal(sessionOf({ 'x-litellm-session-id': 'x'.repeat(500) })?.length, 128);
    assert.equal(sessionOf({ 'session-id': '' }), null);
  });
});
