import assert from 'node:assert/strict';
import { presentedKey } from '../../src/http/presented-key.ts';

describe('the presented key', () => {
  for (const name of [
    'authorization',
    'x-litellm-api-key',
    'x-api-key',
    'api-key',
    'x-goog-api-key',
    'ocp-apim-subscription-key',
  ]) {
    it(`is found in ${name}, with and without its scheme`, () => {
      for (const value of ['sk-1', 'Bearer sk-1', 'bearer  sk-1 '])
        assert.equal(presentedKey({ [name]: value }, '/'), 'sk-1');
    });
  }

  it("is the gateway's own header before all others", () => {
    assert.equal(presentedKey({ authorization: 'Bearer sk-2', 'x-litellm-api-key': 'sk-1' }, '/'), 'sk-1');
    assert.equal(presentedKey({ 'x-litellm-api-key': 'sk-2', 'x-own': 'sk-1' }, '/', 'x-own'), 'sk-1');
  });

  it('is found in the query, after the headers', () => {
    assert.equal(presentedKey({}, '/v1beta/models?alt=sse&key=sk%2D1'), 'sk-1');
    assert.equal(presentedKey({ 'x-api-key': 'sk-1' }, '/?key=sk-2'), 'sk-1');
  });

  it('is missing where there is none', () => {
    assert.equal(presentedKey({}, '/'), undefined);
    assert.equal(presentedKey({ authorization: '' }, '/?monkey=sk-1'), undefined);
  });
});
