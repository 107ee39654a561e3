import assert from 'node:assert/strict';
import { Failure } from '../../src/chat/failure.ts';
import { checkSecret, hashKey, hintOf, mayUse, newSecret, refusalOf, titleOf } from '../../src/keys/virtual-key.ts';
import { Keys } from '../../src/keys/keys.ts';
import type { KeySettings } from '../../src/keys/key-record.ts';
import { readKey } from '../../src/keys/key-record.ts';
import { fakeClock } from '../support/fake-clock.ts';

const now = Date.parse('2026-11-22T13:37:42Z');
const key = (settings: KeySettings) =>
  readKey(new Keys(fakeClock(now)).created(settings, 'sk-0123456789abcdef').record.key);

describe('a secret', () => {
  it('is sk- and 192 random bits, never the same', () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    for (const secret of secrets) assert.match(secret, /^sk-[\w-]{32}$/);
    assert.equal(new Set(secrets).size, 100);
  });

  it('is known by its SHA-256 and shown by its last four characters', () => {
    assert.equal(hashKey('sk-1234'), '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b');
    assert.equal(hintOf('sk-0123456789abcdef'), 'sk-...cdef');
  });

  for (const chosen of ['sk-1234', 'my-0123456789abcdef', 'sk-0123456789 bcdef', 'sk-0123456789abcdé', '']) {
    it(`may not be "${chosen}"`, () => assert.throws(() => checkSecret(chosen), { kind: 'invalid-request' }));
  }

  it('may be chosen: sk- and 16 characters in all', () => assert.doesNotThrow(() => checkSecret('sk-0123456789abc')));
});

describe('a key', () => {
  it('may use every model unless it has a list', () => {
    assert.ok(mayUse({ models: [] }, 'gpt-4o'));
    assert.ok(mayUse({ models: ['all-team-models'] }, 'gpt-4o'));
    assert.ok(mayUse({ models: ['claude-3', 'all-proxy-models'] }, 'gpt-4o'));
  });

  it('may use what its list names, exactly or by wildcard', () => {
    const models = ['gpt-4o', 'openai/*', 'bedrock/*-claude'];
    assert.ok(mayUse({ models }, 'gpt-4o'));
    assert.ok(mayUse({ models }, 'openai/o3'));
    assert.ok(mayUse({ models }, 'bedrock/eu-claude'));
    for (const other of [
      'gpt-4o-mini',
      'GPT-4o',
      'openai/',
      'openai',
      'xopenai/o3',
      'bedrock/claude',
      'bedrock/eu-claude-3',
    ]) {
      assert.ok(!mayUse({ models }, other), other);
    }
    assert.ok(!mayUse({ models: ['no-default-models'] }, 'gpt-4o'));
    assert.ok(mayUse({ models: ['no-default-models', 'gpt-4o'] }, 'gpt-4o'));
    assert.ok(!mayUse({ models: ['gpt.4o'] }, 'gpt-4o'));
  });

  it('is named by alias and hint', () => {
    assert.equal(titleOf(key({ alias: 'alpha' })), 'key "alpha" (sk-...cdef)');
    assert.equal(titleOf(key({})), 'key sk-...cdef');
  });

  it('is refused when blocked, and from the moment that it expires', () => {
    assert.equal(refusalOf(key({}), now), undefined);
    const blocked = refusalOf(key({ blocked: true }), now);
    assert.ok(blocked instanceof Failure && blocked.status === 401);
    assert.match(blocked.message, /is blocked.*\/key\/unblock/);
    const expiring = key({ expires: now + 1000 });
    assert.equal(refusalOf(expiring, now + 999), undefined);
    assert.match(refusalOf(expiring, now + 1000)?.message ?? '', /expired at 2026-11-22T13:37:43\.000Z.*\/key\/update/);
  });
});
