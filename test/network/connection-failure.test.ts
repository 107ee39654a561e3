import assert from 'node:assert/strict';
import { connectionFailure, neverSent } from '../../src/network/connection-failure.ts';

const direct = { host: 'api.test', proxy: undefined, sent: true, answering: false };
const failed = (code: string, journey = direct) =>
  connectionFailure(Object.assign(new Error('sk-secret'), { code }), journey);

describe('a failed connection', () => {
  const cases: readonly (readonly [code: string, kind: string, message: RegExp])[] = [
    ['ENOTFOUND', 'provider-unreachable', /no DNS entry for api\.test/],
    ['EAI_AGAIN', 'provider-unreachable', /no DNS entry/],
    ['ENETUNREACH', 'provider-unreachable', /no way through the network/],
    ['ETIMEDOUT', 'provider-timeout', /did not accept a connection in time/],
    ['UND_ERR_CONNECT_TIMEOUT', 'provider-timeout', /did not accept a connection in time/],
    ['ECONNRESET', 'provider-unreachable', /broke \(ECONNRESET\)/],
    ['CERT_HAS_EXPIRED', 'provider-unreachable', /certificate has expired/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'provider-unreachable', /NODE_EXTRA_CA_CERTS/],
    ['UND_ERR_SOCKET', 'provider-unreachable', /^api\.test closed the connection before it answered\.$/],
    ['HPE_INVALID_CONSTANT', 'provider-nonsense', /not in HTTP/],
    ['UND_ERR_HEADERS_OVERFLOW', 'provider-nonsense', /headers that are too long/],
    ['UND_ERR_DESTROYED', 'stopping', /stopping/],
  ];
  for (const [code, kind, message] of cases) {
    it(`is told in plain words: ${code}`, () => {
      const failure = failed(code);
      assert.equal(failure.kind, kind);
      assert.match(failure.message, message);
      assert.doesNotMatch(failure.message, /sk-secret/);
    });
  }

  it('is no HTTP also where undici has no word for what is wrong with it', () => {
    const { kind, message } = connectionFailure(Object.assign(new Error('?'), { name: 'HTTPParserError' }), direct);
    assert.deepEqual([kind, message], ['provider-nonsense', 'api.test answered, but not in HTTP.']);
  });

  it('to several addresses is told by the first', () => {
    const inner = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    assert.match(connectionFailure(new AggregateError([inner]), direct).message, /refused/);
  });

  it('knows whether anything was sent', () => {
    assert.ok(!neverSent(failed('ECONNRESET')));
    assert.ok(neverSent(failed('ECONNRESET', { ...direct, sent: false })));
  });
});
