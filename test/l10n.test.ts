import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, objectIn, parseJson, stringIn } from '../src/lib/json.ts';
import { bundleFile, bundleText, root, sentencesIn, sentencesInSources } from './support/l10n-strings.ts';

/** How what is missing is made: the sentences by the script, the translations by whoever knows the language. */
const collected = sentencesInSources();
const languages = readdirSync(join(root, 'l10n')).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);
const read = (file: string): Readonly<Record<string, string>> => {
  const json = parseJson(readFileSync(join(root, file), 'utf8'));
  return Object.fromEntries(Object.entries(objectIn(json)).map(([name, value]) => [name, stringIn(value) ?? '']));
};
/** The places for values in a sentence, sorted. */
const placesIn = (sentence: string): readonly string[] => [...(sentence.match(/\{\d+\}/g) ?? [])].sort();

/** What a bundle with these sentences lacks, and what it has that nobody says any more. */
const difference = (sentences: readonly string[]): object => ({
  missing: collected.sentences.filter((one) => !sentences.includes(one)),
  gone: sentences.filter((one) => !collected.sentences.includes(one)),
});

describe('what people read', () => {
  it('is written where a script can find it', () => assert.deepEqual(collected.unclear, []));

  it('is all in the bundle, and nothing else is (`npm run l10n` writes it)', () => {
    assert.deepEqual(difference(Object.keys(read('l10n/bundle.l10n.json'))), { missing: [], gone: [] });
    assert.equal(readFileSync(bundleFile, 'utf8'), bundleText(collected.sentences));
  });

  it('finds sentences in calls and nowhere else', () => {
    const text = "t('One {0}', x); l10n.t('Two'); vscode.l10n.t(`Three`); plural(n, 'a', 'b'); other('No'); t(name);";
    assert.deepEqual(sentencesIn('x.tsx', text), {
      sentences: ['One {0}', 'Two', 'Three', 'a', 'b'],
      unclear: ['x.tsx:1'],
    });
  });

  for (const language of languages) {
    describe(`in ${language}`, () => {
      const bundle = read(`l10n/bundle.l10n.${language}.json`);

      it('is whole, with no sentence that is gone', () => {
        // A language with more forms of its plurals has them as `{0} calls#few`.
        const sentences = Object.keys(bundle).filter((key) => !/#(zero|two|few|many)$/.test(key));
        assert.deepEqual(difference(sentences), { missing: [], gone: [] });
      });

      it('has the places for values that English has', () => {
        for (const [english, translated] of Object.entries(bundle)) {
          assert.notEqual(translated.trim(), '', english);
          const sentence = english.replace(/#\w+$/, '');
          assert.deepEqual([...new Set(placesIn(translated))], [...new Set(placesIn(sentence))], english);
        }
      });

      it('has the editor say what package.json has it say', () =>
        assert.deepEqual(Object.keys(read(`package.nls.${language}.json`)), Object.keys(read('package.nls.json'))));
    });
  }

  it('has every name that package.json refers to, and no other', () => {
    const named = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([^%"]+)%"/g)];
    const names = new Set(named.map(([, name]) => name));
    assert.deepEqual(Object.keys(read('package.nls.json')).sort(), [...names].sort());
  });

  it('is never plain English in package.json', () => {
    const manifest = objectIn(parseJson(readFileSync(join(root, 'package.json'), 'utf8')));
    const plain: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (Array.isArray(value)) value.forEach((one, index) => look(one, `${at}[${index}]`));
      else if (isObject(value))
        for (const [name, one] of Object.entries(value)) {
          const isSaid =
            /^(title|(markdown)?([dD]escription|EnumDescriptions|DeprecationMessage)|enumDescriptions|displayName|contents|category|label|userDescription)$/.test(
              name,
            );
          const texts = Array.isArray(one) ? one : [one];
          for (const text of texts)
            if (isSaid && typeof text === 'string' && !/^%[^%]+%$/.test(text) && text !== 'Purser')
              plain.push(`${at}.${name}: ${text}`);
          if (name !== 'inputSchema') look(one, `${at}.${name}`); // that is said to models
        }
    };
    look(manifest['contributes'], 'contributes');
    assert.deepEqual(plain, []);
  });
});
