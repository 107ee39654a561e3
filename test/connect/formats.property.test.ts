import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { changed, undone, type FormatName, type Setting } from '../../src/connect/change.ts';

const setting = (path: Setting['path'], value: Setting['value']): Setting => ({ path, value });
const item = { by: 'name', is: 'Purser' };

/** What goes into a file of each format, as the assistants would have it. */
const settings: Record<FormatName, readonly Setting[]> = {
  json: [
    setting(['env', 'ANTHROPIC_BASE_URL'], 'http://127.0.0.1:4144'),
    setting(['env', 'ANTHROPIC_AUTH_TOKEN'], 'sk-one'),
    setting(['provider', 'purser'], { name: 'Purser', options: { baseURL: 'http://127.0.0.1:4144/v1' }, models: {} }),
    setting(['customModels', item], { name: 'Purser', models: ['a', 'b'] }),
  ],
  yaml: [
    setting(['models', item], { name: 'Purser', model: 'a', roles: ['chat'] }),
    setting(['openai-api-key'], 'sk-one'),
  ],
  toml: [
    setting(['model'], 'gpt-5'),
    setting(['model_providers', 'purser', 'name'], 'Purser'),
    setting(['model_providers', 'purser', 'base_url'], 'http://127.0.0.1:4144/v1'),
  ],
  env: [setting(['OPENAI_API_KEY'], 'sk-one'), setting(['OPENAI_MODEL'], 'a model')],
  lines: [setting(['/.claude/settings.local.json'], true)],
};

const name = fc.constantFrom('env', 'provider', 'customModels', 'models', 'other', 'theme', 'x.y', '');
const comment = fc.constantFrom('', '', ' // said "so" {', ' /* a, b */', '\n// alone', '\n/* two\n lines ] */');
const end = fc.constantFrom('\n', '\r\n');

/** JSON as people write it: with comments, blanks and commas in any place where they may be. */
const jsonc = fc
  .record({
    members: fc.uniqueArray(
      fc.record({ key: name, value: fc.constantFrom('1', '"a"', 'null', '[]', '{}', 'nested', 'list'), comment }),
      {
        selector: ({ key }) => key,
        maxLength: 5,
      },
    ),
    inner: fc.array(fc.record({ key: fc.constantFrom('A', 'B', 'purser2'), comment }), { maxLength: 2 }),
    unit: fc.constantFrom('', '  ', '    ', '\t'),
    top: comment,
    last: comment,
    trailing: fc.boolean(),
    end,
    isDense: fc.boolean(),
    bom: fc.boolean(),
  })
  .map(({ members, inner, unit, top, last, trailing, end: eol, isDense, bom }) => {
    const containers = new Set(['env', 'provider']);
    const line = isDense ? ' ' : '\n';
    const piece = (indent: string, text: string): string => (isDense ? text : indent + text);
    const innerText = (open: string, close: string, write: (key: string, index: number) => string): string =>
      inner.length === 0
        ? `${open}${close}`
        : `${open}${line}${inner.map((one, index) => piece(unit + unit, write(`${one.key}${index}`, index)) + (index < inner.length - 1 || trailing ? ',' : '') + newLined(one.comment)).join(line)}${line}${piece(unit, close)}`;
    const valueOf = ({ key, value }: { key: string; value: string }): string => {
      if (containers.has(key)) return innerText('{', '}', (inside) => `"${inside}": 1`);
      if (key === 'customModels') return innerText('[', ']', (inside) => `{ "name": "${inside}" }`);
      return value === 'nested' || value === 'list' ? innerText('{', '}', (inside) => `"${inside}": []`) : value;
    };
    const body = members
      .map((one, index) =>
        piece(
          unit,
          `"${one.key}": ${valueOf(one)}${index < members.length - 1 || trailing ? ',' : ''}${newLined(one.comment)}`,
        ),
      )
      .join(line);
    const text = `${newLined(top)}${top === '' ? '' : '\n'}{${members.length === 0 ? newLined(last) : line + body + line}}${newLined(last)}${line}`;
    return (bom ? '\uFEFF' : '') + text.replaceAll('\n', eol);
  });

/** A comment to the end of its line needs that end. */
const newLined = (text: string): string => (text.includes('//') ? `${text}\n` : text);

const yamlText = fc
  .record({
    members: fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('name', 'version', 'models', 'context', 'rules', 'last one'),
        value: fc.constantFrom('text', 'list', 'list of maps', 'block', 'nothing', 'empty list', 'map'),
        note: fc.constantFrom('', ' # a note', ' # "quoted: [x]"'),
        above: fc.constantFrom('', '# above\n', '\n', '\n# - name: no item\n\n'),
      }),
      { selector: ({ key }) => key, maxLength: 5 },
    ),
    dent: fc.constantFrom('', '  ', '    '),
    tail: fc.constantFrom('', '# the end\n', '\n\n'),
    end,
  })
  .map(({ members, dent, tail, end: eol }) => {
    const values: Record<string, (note: string) => string> = {
      text: (note) => ` "some: text"${note}\n`,
      list: (note) => `${note}\n${dent}- one\n${dent}# between\n${dent}- two${note}\n`,
      'list of maps': (note) =>
        `${note}\n${dent}- name: a${note}\n${dent}  text: |\n${dent}    - name: Purser\n\n${dent}- name: b\n`,
      block: () => ` |\n  # no comment\n  models:\n`,
      nothing: (note) => `${note}\n`,
      'empty list': (note) => ` []${note}\n`,
      map: (note) => `\n  a: 1${note}\n  b: [2]\n`,
    };
    const text = members
      .map(({ key, value, note, above }) => {
        const kind = key === 'models' && ['text', 'block', 'map'].includes(value) ? 'list of maps' : value;
        return `${above}${stringify(key).trim()}:${values[kind]?.(note) ?? ''}`;
      })
      .join('');
    return (text + tail).replaceAll('\n', eol);
  });

const tomlText = fc
  .record({
    top: fc.uniqueArray(
      fc.constantFrom(
        'model_x = "a" # note',
        "'quoted key' = 'x'",
        'list = [\n  "a", # ]\n  "[b]",\n]',
        'text = """\n[model_providers.purser]\nmodel = "no"\n"""',
        '# a comment = [x]',
        'date = 1979-05-27 07:32:00Z',
        'a.b = { c = "}" }',
        '',
      ),
      { maxLength: 5 },
    ),
    tables: fc.uniqueArray(
      fc.constantFrom(
        '[profiles.a]\nmodel = "b"',
        '[[hooks]]\nname = "x"',
        '[model_providers.other]\nname = "o" # [model]\n\n# of the next',
        '[ spaced . "key" ]\nx = true',
        '[empty]',
      ),
      { maxLength: 4 },
    ),
    end,
    bom: fc.boolean(),
  })
  .map(
    ({ top, tables, end: eol, bom }) =>
      (bom ? '\uFEFF' : '') + [...top, ...tables, ''].join('\n').replaceAll('\n', eol),
  );

const envText = fc
  .array(
    fc.constantFrom(
      'A=1',
      'export B = "two\nOPENAI_API_KEY=no"',
      '# OPENAI_API_KEY=old',
      '',
      "C='x' # note",
      'D=a#b',
      'OPENAI_API_KEYS=x',
    ),
    { maxLength: 6 },
  )
  .chain((lines) => end.map((eol) => [...lines, ''].join('\n').replaceAll('\n', eol)));

const samples: Record<FormatName, fc.Arbitrary<string>> = {
  json: jsonc,
  yaml: yamlText,
  toml: tomlText,
  env: envText,
  lines: envText,
};

const wordsOf = (text: string): readonly string[] => text.match(/[^\s,[\]{}\uFEFF]+/g) ?? [];

/** All words of before, those of its comments too, are there in their order, whatever came between them. */
function assertKept(before: string, after: string): void {
  const words = wordsOf(after);
  let at = -1;
  for (const word of wordsOf(before)) {
    at = words.indexOf(word, at + 1);
    assert.ok(at >= 0, `"${word}" is gone from ${JSON.stringify(after)}`);
  }
}

/** Blanks before and after an empty container, and an empty list for no list, are all that may differ. */
const essence = (text: string): string => text.replace(/\s+|\[\s*\]/g, '');

describe('a file that is edited', () => {
  for (const [format, texts] of Object.entries(samples) as [FormatName, fc.Arbitrary<string>][]) {
    it(`says what it was to say, and all that it said before (${format})`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          const { text: after } = changed(text, format, settings[format]);
          assert.deepEqual(changed(after, format, settings[format]), { text: after, marks: [] });
          assertKept(text, after);
        }),
      );
    });

    it(`is what it was once all is taken back, but for blanks (${format})`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          const { text: after, marks } = changed(text, format, settings[format]);
          const { text: back, left } = undone(after, format, marks);
          assert.deepEqual(left, []);
          assert.equal(essence(back), essence(text));
        }),
      );
    });
  }
});
