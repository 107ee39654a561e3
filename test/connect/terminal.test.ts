import assert from 'node:assert/strict';
import { terminalOffers, terminalVariables, type DialectId, type TerminalFacts } from '../../src/connect/terminal.ts';

const url = 'http://127.0.0.1:4144';
const models = ['gpt-5', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'demo'].map((id) => ({ id }));

const facts = (more: Partial<TerminalFacts> = {}): TerminalFacts => ({
  ...{ models, url, logins: [], variable: () => undefined },
  ...more,
});
const ids = (more: Partial<TerminalFacts>): readonly string[] => terminalOffers(facts(more)).map(({ id }) => id);
const environment = (values: Readonly<Record<string, string>>) => (name: string) => values[name];

describe('what terminals may be given', () => {
  it('is a format for which there is a model that its command lines ask for', () => {
    assert.deepEqual(ids({}), ['anthropic', 'openai', 'gemini']);
    assert.deepEqual(ids({ models: [{ id: 'claude-opus-4-1' }, { id: 'openrouter/openai/gpt-5' }] }), ['anthropic']);
    assert.deepEqual(ids({ models: [{ id: 'demo' }, { id: 'llama3' }] }), []);
  });

  it('names what is set already and would be replaced', () => {
    const [anthropic, openai] = terminalOffers(
      facts({ variable: environment({ OPENAI_API_KEY: 'sk-own', HOME: '/' }) }),
    );
    assert.deepEqual(openai?.overrides, ['OPENAI_API_KEY is set already; it would be replaced here.']);
    assert.deepEqual(anthropic?.overrides, []);
  });

  it('says nothing of values that are its own', () => {
    const variable = environment({
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_BASE: `${url}/v1`,
      OPENAI_API_KEY: 'sk-ours',
    });
    assert.deepEqual(terminalOffers(facts({ variable }))[1]?.overrides, []);
  });

  it('is not chosen by itself where a login pays for the calls', () => {
    const logins = [{ assistant: 'claude-code', what: 'a Claude account' }];
    const offers = terminalOffers(facts({ logins }));
    assert.deepEqual(
      offers.map(({ isSafe }) => isSafe),
      [false, true, true],
    );
    assert.match(offers[0]?.overrides.join() ?? '', /logged in with a Claude account: .* paid by the token/);
  });

  it('says for whom it is enough', () => {
    for (const { enoughFor } of terminalOffers(facts())) assert.match(enoughFor, /SDKs/);
  });
});

describe('the variables of a terminal', () => {
  const set = (chosen: readonly DialectId[], values: Readonly<Record<string, string>> = {}) =>
    terminalVariables(chosen, { url, key: 'sk-project', variable: environment(values) });

  it("are those of the chosen formats, and two for scripts of one's own", () => {
    assert.deepEqual(set(['openai']), {
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_BASE: `${url}/v1`,
      OPENAI_API_KEY: 'sk-project',
      PURSER_BASE_URL: url,
      PURSER_API_KEY: 'sk-project',
    });
    assert.deepEqual(Object.keys(set(['anthropic', 'gemini'])), [
      ...['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'GOOGLE_GEMINI_BASE_URL', 'GEMINI_API_KEY'],
      ...['PURSER_BASE_URL', 'PURSER_API_KEY'],
    ]);
  });

  it('are none when nothing was chosen', () => assert.deepEqual(set([]), {}));

  it('replace a provider key that would else go out with the requests', () => {
    const values = set(['anthropic', 'gemini'], { ANTHROPIC_API_KEY: 'sk-ant-own', GOOGLE_API_KEY: 'AIza-own' });
    assert.equal(values['ANTHROPIC_API_KEY'], 'sk-project');
    assert.equal(values['GOOGLE_API_KEY'], 'sk-project');
  });

  it('are the ones that an offer names', () => {
    const variable = environment({ ANTHROPIC_API_KEY: 'sk-ant-own' });
    for (const { id, names } of terminalOffers(facts({ variable }))) {
      const set = terminalVariables([id], { url, key: 'sk-project', variable });
      assert.deepEqual(Object.keys(set), [...names, 'PURSER_BASE_URL', 'PURSER_API_KEY']);
    }
  });
});
