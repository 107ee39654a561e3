import assert from 'node:assert/strict';
import { copyBlocks } from '../../src/connect/copy-blocks.ts';

const access = { url: 'http://127.0.0.1:4144', key: 'sk-key', model: "it's", models: [] };

describe('what is copied', () => {
  it('has the address in every block but the key', () => {
    for (const { title, text } of copyBlocks(access))
      assert.ok(title === 'Key' ? text === access.key : text.includes(access.url), title);
  });

  it('is JSON that can be read where it is JSON', () => {
    const blocks = copyBlocks(access).filter(({ text }) => text.startsWith('{'));
    assert.equal(blocks.length, 3);
    for (const { text } of blocks) assert.ok(JSON.parse(text));
  });
});
