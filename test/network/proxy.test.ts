import assert from 'node:assert/strict';
import { proxyFinder, type Environment } from '../../src/network/proxy.ts';

const proxyOf = (environment: Environment, url: string): string | undefined =>
  proxyFinder(environment)(new URL(url))?.href;

describe('proxies', () => {
  it('are taken for their protocol, in capitals or not', () => {
    assert.equal(proxyOf({ HTTPS_PROXY: 'http://p:1' }, 'https://a.test'), 'http://p:1/');
    assert.equal(proxyOf({ https_proxy: 'http://q:1', HTTPS_PROXY: 'http://p:1' }, 'https://a.test'), 'http://q:1/');
    assert.equal(proxyOf({ HTTPS_PROXY: 'http://p:1' }, 'http://a.test'), undefined);
    assert.equal(proxyOf({ http_proxy: 'p:8080' }, 'http://a.test'), 'http://p:8080/');
    assert.equal(proxyOf({ HTTPS_PROXY: '  ' }, 'https://a.test'), undefined);
    assert.equal(proxyOf({}, 'https://a.test'), undefined);
  });

  it('are never used for loopback', () => {
    for (const host of ['localhost:11434', 'x.localhost', '127.0.0.1:1234', '127.1.2.3', '[::1]:80']) {
      assert.equal(proxyOf({ HTTP_PROXY: 'http://p:1' }, `http://${host}/`), undefined, host);
    }
  });

  const cases: readonly (readonly [exceptions: string, url: string, excepted: boolean])[] = [
    ['*', 'https://a.test', true],
    ['a.test', 'https://a.test', true],
    ['A.Test', 'https://a.test', true],
    ['a.test', 'https://b.a.test', true],
    ['a.test', 'https://ba.test', false],
    ['.a.test', 'https://b.a.test', true],
    ['*.a.test', 'https://b.a.test', true],
    ['x.test, a.test', 'https://a.test', true],
    ['x.test a.test', 'https://a.test', true],
    ['a.test:443', 'https://a.test', true],
    ['a.test:8443', 'https://a.test', false],
    ['a.test:8443', 'https://a.test:8443', true],
    ['192.168.1.5', 'https://192.168.1.5:8000', true],
    ['192.168.0.0/16', 'https://192.168.1.5:8000', true],
    ['192.168.0.0/24', 'https://192.168.1.5', false],
    ['192.168.0.0/16', 'https://a.test', false],
    ['fd00::/8', 'https://[fd12::1]:8000', true],
    ['fd12::1', 'https://[fd12::1]', true],
    ['10.0.0.0/40', 'https://10.0.0.1', false],
    ['', 'https://a.test', false],
  ];
  for (const [exceptions, url, excepted] of cases) {
    it(`are ${excepted ? 'left aside' : 'used'} for ${url} where NO_PROXY is "${exceptions}"`, () => {
      for (const name of ['no_proxy', 'NO_PROXY']) {
        const found = proxyOf({ HTTPS_PROXY: 'http://p:1', [name]: exceptions }, url);
        assert.equal(found, excepted ? undefined : 'http://p:1/');
      }
    });
  }
});
