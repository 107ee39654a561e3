import assert from 'node:assert/strict';
import { changed } from '../../src/connect/change.ts';
import { jsonFormat } from '../../src/connect/json-format.ts';

const set = (text: string, value: unknown = 'x'): string => jsonFormat.set(text, ['env', 'KEY'], value as string);

describe('JSON', () => {
  it('begins where there was nothing', () => {
    const text = '{\n  "env": {\n    "KEY": "x"\n  }\n}\n';
    for (const nothing of ['', '\n', '{}\n']) assert.equal(set(nothing).trimStart(), text);
  });

  it('gets a member below the last one, whose comment stays on its line', () => {
    const before = '{\n\t// mine\n\t"env": {\n\t\t"A": "1" // one\n\t}\n}\n';
    assert.equal(set(before), '{\n\t// mine\n\t"env": {\n\t\t"A": "1", // one\n\t\t"KEY": "x"\n\t}\n}\n');
  });

  it('ends with a comma where that is the custom', () => {
    assert.equal(
      set('{\n  "env": {\n    "A": "1", /* one */\n  },\n}'),
      '{\n  "env": {\n    "A": "1", /* one */\n    "KEY": "x",\n  },\n}',
    );
  });

  it('stays on one line where it is on one', () => {
    assert.equal(set('{"env": {"A": "1"}}'), '{"env": {"A": "1", "KEY": "x"}}');
  });

  it('has a changed value where the old one was', () => {
    assert.equal(set('{ "env": { "KEY": 1 /* old */ } }'), '{ "env": { "KEY": "x" /* old */ } }');
  });

  it('gets an item of a list at its beginning', () => {
    const path = [{ by: 'name', is: 'Purser' }];
    const { text } = changed('[\n  // first\n  { "name": "A" }\n]\n', 'json', [{ path, value: { name: 'Purser' } }]);
    assert.equal(text, '[\n  // first\n  {\n    "name": "Purser"\n  },\n  { "name": "A" }\n]\n');
    assert.deepEqual(jsonFormat.get(text, path), { name: 'Purser' });
    assert.equal(jsonFormat.set('', path, { name: 'Purser' }), '[\n  {\n    "name": "Purser"\n  }\n]\n');
  });

  it('keeps the line ends and the mark that it has', () => {
    assert.equal(set('\uFEFF{\r\n  "env": {}\r\n}\r\n'), '\uFEFF{\r\n  "env": {\r\n    "KEY": "x"\r\n  }\r\n}\r\n');
  });

  it('says why it cannot be edited', () => {
    assert.throws(() => set('{\n"env": {\n'), /is no valid JSON \(line \d: CloseBraceExpected\)/);
    assert.throws(() => set('{"env": "none"}'), /has no object at env/);
    assert.throws(() => set('[]'), /has no object at its top/);
    assert.throws(() => set('{"env": {}, "env": {}}'), /says "env" twice on the way to env\.KEY/);
  });
});
