import assert from 'node:assert/strict';
import { pageOf } from '../../src/vscode/page.ts';

const parts = {
  script: 'https://files.test/webview.js',
  style: 'https://files.test/webview.css',
  cspSource: 'https://files.test',
  kind: 'tab',
} as const;

/** The content security policy of a page, by directive. */
function policyOf(page: string): Readonly<Record<string, string>> {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const parts = policy.split('; ').map((part) => part.split(' '));
  return Object.fromEntries(parts.map(([name = '', ...sources]): [string, string] => [name, sources.join(' ')]));
}

describe('the page of the panel', () => {
  it('may load its own script and style, and reach nothing else', () => {
    const page = pageOf(parts);
    const [, nonce = ''] = /<script nonce="([^"]+)"/.exec(page) ?? [];
    assert.deepEqual(policyOf(page), {
      'default-src': "'none'",
      'style-src': 'https://files.test',
      'script-src': `'nonce-${nonce}'`,
      'base-uri': "'none'",
      'form-action': "'none'",
    });
    assert.ok(nonce.length >= 22, 'a nonce has 128 bits');
  });

  it('has its words beside it, where nothing runs them and nothing ends them', () => {
    const page = pageOf({ ...parts, spoken: { language: 'de', words: { Save: 'Speichern</script><script>' } } });
    assert.match(page, /<html lang="de">/);
    const [, json = ''] = /<script type="application\/json" id="words">(.*)<\/script>/.exec(page) ?? [];
    assert.deepEqual(JSON.parse(json), { Save: 'Speichern</script><script>' });
    assert.equal([...page.matchAll(/<\/script>/g)].length, 2);
  });

  it('has another nonce each time', () => {
    assert.notEqual(policyOf(pageOf(parts))['script-src'], policyOf(pageOf(parts))['script-src']);
  });

  it('has no script and no style of its own', () => {
    const page = pageOf(parts);
    assert.equal([...page.matchAll(/<script/g)].length, 1);
    assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=/);
  });
});
