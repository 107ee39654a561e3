import assert from 'node:assert/strict';
import { terminalOffers, terminalVariables, type DialectId, type TerminalFacts } from '../../src/connect/terminal.ts';

const url = 'http://127.0.0.1:4144';
const offered = (...all: readonly string[]) => all.map((id) => ({ id }));
/** Each family's own names all resolve, as in the starter. */
const models = offered('gpt-5', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'demo', 'gpt-*', 'claude-*', 'gemini-*');

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
    assert.deepEqual(openai?.overrides, ['OPENAI_API_KEY: set already, would be replaced']);
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
    assert.deepEqual(offers[0]?.overrides, ['a Claude account would not be used: calls are paid by the token']);
  });

  it('says for whom it is enough', () => {
    for (const { enoughFor } of terminalOffers(facts())) assert.match(enoughFor, /SDKs/);
  });
});

describe('the variables of a terminal', () => {
  const set = (chosen: readonly DialectId[], values: Readonly<Record<string, string>> = {}, all = models) =>
    terminalVariables(chosen, { url, key: 'sk-project', variable: environment(values), models: all });

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

  it('name a model where not all of the family are served, and a small one beside it', () => {
    const few = offered('demo', 'claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-3-*', 'gemini-2.5-flash', 'gpt-5');
    const values = set(['anthropic', 'openai', 'gemini'], {}, few);
    assert.equal(values['ANTHROPIC_MODEL'], 'claude-sonnet-4-5');
    assert.equal(values['ANTHROPIC_DEFAULT_HAIKU_MODEL'], 'claude-haiku-4-5');
    assert.equal(values['GEMINI_MODEL'], 'gemini-2.5-flash');
    const [anthropic] = terminalOffers(facts({ models: few, variable: environment({ ANTHROPIC_MODEL: 'mine' }) }));
    assert.deepEqual(anthropic?.overrides, ['ANTHROPIC_MODEL: set already, would be replaced']);
  });

  it('are the ones that an offer names', () => {
    const variable = environment({ ANTHROPIC_API_KEY: 'sk-ant-own' });
    for (const { id, names } of terminalOffers(facts({ variable }))) {
      const set = terminalVariables([id], { url, key: 'sk-project', variable, models });
      assert.deepEqual(Object.keys(set), [...names, 'PURSER_BASE_URL', 'PURSER_API_KEY']);
    }
  });
});
