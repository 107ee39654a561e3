import assert from 'node:assert/strict';
import { accountVariable, endOf, isVariable, offerGroups } from '../../../src/vscode/provider-keys/key-offers.ts';
import { verdictIn } from '../../../src/vscode/provider-keys/key-verdict.ts';
import { english } from '../../support/words.ts';

const provider = (name: string, variable: string, models: readonly string[] = []) => ({
  ...{ name, title: name, variable, models, page: null },
});

describe('which keys are offered', () => {
  it('has those of the environment first, then those that the configuration waits for', () => {
    const providers = [
      provider('openai', 'OPENAI_API_KEY', ['fast']),
      provider('groq', 'GROQ_API_KEY'),
      provider('azure', 'AZURE_API_KEY', ['work']),
      provider('mistral', 'MISTRAL_API_KEY'),
    ];
    const there = { stored: new Set(['OPENAI_API_KEY']), environment: { GROQ_API_KEY: 'x', MISTRAL_API_KEY: '' } };
    const groups = offerGroups(providers, there, english);
    assert.deepEqual(
      groups.map(({ title, offers }) => [title, offers.map(({ name, state }) => `${name} ${state}`)]),
      [
        ['Found in the environment', ['groq in-environment']],
        ['The configuration waits for', ['azure missing']],
        ['Providers', ['openai stored', 'mistral missing']],
      ],
    );
  });

  it('shows the end of a key only where the rest is long', () => {
    assert.equal(endOf('sk-0123456789abcdef'), '…cdef');
    assert.equal(endOf('short-secret'), '…');
  });

  it('names a second account after the first', () => {
    assert.equal(accountVariable('OPENAI_API_KEY', ' my work '), 'OPENAI_API_KEY_MY_WORK');
    assert.ok(isVariable(accountVariable('OPENAI_API_KEY', 'work')));
    assert.ok(!isVariable('MY KEY') && !isVariable('1KEY') && !isVariable(''));
  });
});

describe('what a provider says to a key', () => {
  const said = (answer: unknown) => verdictIn(answer, 'OpenAI', english);

  it('says how many models there are, and names a few', () => {
    assert.deepEqual(said({ ok: true, key: 'accepted', models: ['a', 'b', 'c', 'd'] }), {
      type: 'accepted',
      message: 'OpenAI takes the key. 4 models, such as a, b, c.',
    });
    assert.match(said({ ok: true, key: 'accepted', models: ['a'] }).message, /Its models: a\./);
    assert.match(said({ ok: true, key: 'accepted', models: [] }).message, /does not list/);
  });

  it("has the provider's own words when it failed", () => {
    assert.deepEqual(said({ ok: false, key: 'refused', error: 'Incorrect API key provided.', status: 401 }), {
      type: 'failed',
      message: 'Incorrect API key provided. (401)',
    });
    assert.equal(said(undefined).type, 'failed');
  });

  it('does not call proved what is not', () => {
    assert.equal(said({ ok: true, key: 'unknown', models: ['a'] }).type, 'unproved');
  });
});
