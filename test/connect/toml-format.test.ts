import assert from 'node:assert/strict';
import { changed, undone, type Setting } from '../../src/connect/change.ts';
import { tomlFormat } from '../../src/connect/toml-format.ts';
import { tomlStatements } from '../../src/connect/toml-statements.ts';

const settings: readonly Setting[] = [
  { path: ['model'], value: 'gpt-5' },
  { path: ['model_provider'], value: 'purser' },
  { path: ['model_providers', 'purser', 'name'], value: 'Purser', isOurs: true },
  { path: ['model_providers', 'purser', 'base_url'], value: 'http://127.0.0.1:4144/v1', isOurs: true },
];
const table = '\n[model_providers.purser]\nname = "Purser"\nbase_url = "http://127.0.0.1:4144/v1"\n';
const connected = (text: string): string => changed(text, 'toml', settings).text;

describe('TOML', () => {
  it('begins with what it is told, where there was nothing', () => {
    assert.equal(connected(''), `model = "gpt-5"\nmodel_provider = "purser"\n${table}`);
  });

  it('gets a value at the top before the first table, below the last one that is there', () => {
    const before = '# my Codex\nsandbox = "workspace"  # safe\n\n[tui]\nmodel = "not this one"\n';
    const after = `# my Codex\nsandbox = "workspace"  # safe\nmodel = "gpt-5"\nmodel_provider = "purser"\n\n[tui]\nmodel = "not this one"\n${table}`;
    assert.equal(connected(before), after);
  });

  it('gets it at its beginning where a table comes first', () => {
    assert.equal(tomlFormat.set('[tui]\nx = 1\n', ['model'], 'a'), 'model = "a"\n[tui]\nx = 1\n');
    assert.equal(tomlFormat.set('\uFEFF[tui]\n', ['model'], 'a'), '\uFEFFmodel = "a"\n[tui]\n');
  });

  it('changes a value and leaves its comment', () => {
    const before = `model   =  'o4-mini' # cheap\n"model_provider" = """op\nenai"""\n`;
    const after = `model   =  "gpt-5" # cheap\n"model_provider" = "purser"\n`;
    const { text, marks } = changed(before, 'toml', settings.slice(0, 2));
    assert.equal(text, after);
    assert.equal(undone(text, 'toml', marks).text, `model   =  "o4-mini" # cheap\n"model_provider" = """op\nenai"""\n`);
  });

  it('adds to a table that is there, below what it says', () => {
    const before = '[model_providers."purser"] # own\nquery = { a = "]" }\n# last words\n\n[b]\n';
    const after = '[model_providers."purser"] # own\nquery = { a = "]" }\nname = "x"\n# last words\n\n[b]\n';
    assert.equal(tomlFormat.set(before, ['model_providers', 'purser', 'name'], 'x'), after);
  });

  it('is not taken in by what only looks like a table or a value', () => {
    const before =
      'notes = """\n[model_providers.purser]\nmodel = "no"\n\\"""\n"""\nlist = [ # [a]\n  "]", # model = 1\n  [1, 2],\n]\nwhen = 1979-05-27 07:32:00Z\n';
    assert.deepEqual(
      tomlStatements(before).map(({ path }) => path.join('.')),
      ['notes', 'list', 'when'],
    );
    assert.ok(connected(before).startsWith(before));
    assert.equal(tomlFormat.get(before, ['model']), undefined);
  });

  it('finds a value by whichever way its path is written', () => {
    const path = ['model_providers', 'purser', 'name'];
    for (const text of [
      'model_providers.purser.name = "x"\n',
      '[model_providers]\npurser . "name" = "x"',
      "[ model_providers . 'purser' ]\r\nname='x'\r\n",
    ])
      assert.equal(tomlFormat.get(text, path), 'x', text);
    assert.equal(tomlFormat.get('[[model_providers.purser]]\nname = "x"', path), undefined);
  });

  it('keeps the line ends that it has', () => {
    assert.equal(tomlFormat.set('a = 1\r\n', ['model'], 'x'), 'a = 1\r\nmodel = "x"\r\n');
    assert.equal(tomlFormat.set('a = 1', ['model'], 'x'), 'a = 1\nmodel = "x"');
  });

  it('says why it cannot be edited', () => {
    const inline = 'model_providers = { purser = { name = "x" } }\n';
    assert.throws(
      () => connected(inline),
      /writes model_providers as one value\. Write it as a table \[model_providers\.purser\]/,
    );
    for (const text of ['model = \n', 'a = "open\n', 'a = 1 b = 2\n', '[a\n', 'x = [1, 2\n', '= 1\n', 'just words\n'])
      assert.throws(() => connected(text), /is no valid TOML \(line 1\)/, text);
  });

  it('loses only what is ours when others have edited it', () => {
    const { text, marks } = changed('# mine\nmodel = "o3"\n', 'toml', settings);
    const edited = `${text.replace('"gpt-5"', '"gpt-6"')}retries = 3\n[mcp]\nx = 1\n`;
    assert.deepEqual(undone(edited, 'toml', marks), {
      text: '# mine\nmodel = "gpt-6"\n\n[model_providers.purser]\nretries = 3\n[mcp]\nx = 1\n',
      left: ['model'],
    });
  });
});
