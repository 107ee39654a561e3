import assert from 'node:assert/strict';
import { hidden } from '../../src/bodies/hide.ts';
import { objectIn } from '../../src/lib/json.ts';
import { redactor } from '../../src/lib/redact.ts';
import { text } from '../support/gateway-client.ts';

const redact = redactor(['planted-secret-of-a-provider']);
const roomy = { text: 1_000_000, files: 1_000_000 };

describe('what is hidden before a body is kept', () => {
  it('is every secret, wherever in the JSON it stands, and nothing else', async () => {
    const { json, isCut } = await hidden(
      { messages: [{ content: 'use planted-secret-of-a-provider' }], 'planted-secret-of-a-provider': [1, null, true] },
      redact,
      roomy,
    );
    assert.deepEqual(json, { messages: [{ content: 'use ...ider' }], '...ider': [1, null, true] });
    assert.equal(isCut, false);
  });

  it('is not a picture, in which a secret is only seen by chance', async () => {
    const picture = `data:image/png;base64,${'sk4abcdefghijklmnopqrstuvwxyzABCDEFGH/'.repeat(40)}`;
    assert.deepEqual((await hidden({ picture }, redact, roomy)).json, { picture });
  });

  it('is cut where there is too much, and no half of a secret is left at the cut', async () => {
    const long = `${'word '.repeat(200)}planted-secret-of-a-provider${' more'.repeat(4_000)}`;
    for (let room = 990; room < 1_030; room += 1) {
      const { json, isCut } = await hidden({ long, after: 'x' }, redact, { text: room, files: 0 });
      assert.equal(isCut, true);
      const kept = text(objectIn(json)['long']);
      assert.ok(kept.length <= room);
      assert.doesNotMatch(kept, /planted/);
    }
  });

  it('drops a picture that has no room, whole, and says so', async () => {
    const { json, isCut } = await hidden({ picture: 'A'.repeat(2_000), text: 'Hi' }, redact, {
      text: 1_000,
      files: 1_000,
    });
    assert.deepEqual([json, isCut], [{ picture: '', text: 'Hi' }, true]);
  });

  it('lets others have their turn while it goes through a long prompt', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (turns < 1_000) setImmediate(count);
    };
    setImmediate(count);
    const messages = Array.from({ length: 200 }, () => ({ content: 'a few words '.repeat(1_000) }));
    await hidden({ messages }, redact, { text: 10_000_000, files: 0 });
    assert.ok(turns >= 20 && turns < 1_000, String(turns));
  });

  it('keeps a member that is called like a part of every object', async () => {
    const odd = JSON.parse('{"__proto__": {"polluted": true}}') as never;
    const { json } = await hidden(odd, redact, roomy);
    assert.equal(JSON.stringify(json), '{"__proto__":{"polluted":true}}');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});
