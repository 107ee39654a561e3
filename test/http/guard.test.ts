import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../src/chat/failure.ts';
import { guard } from '../../src/http/guard.ts';

const settings = { allowedHosts: ['purser.home'], allowedOrigins: ['https://dashboard.test'] };
const passes = (headers: Readonly<Record<string, string>>): boolean => {
  try {
    guard({ headers } as unknown as IncomingMessage, settings);
    return true;
  } catch (error) {
    assert.ok(error instanceof Failure && error.kind === 'forbidden');
    return false;
  }
};

describe('the guard', () => {
  for (const host of ['127.0.0.1:4000', 'localhost', 'LocalHost:4000', '[::1]:4000', 'purser.home:80', 'PURSER.HOME']) {
    it(`lets the host ${host} in`, () => assert.ok(passes({ host })));
  }

  for (const host of [
    '',
    'evil.test',
    '127.0.0.1.evil.test',
    'localhost.evil.test',
    '127.0.0.2:4000',
    '0.0.0.0',
    'localhost@evil.test',
    'purser.home.evil.test',
    '[::1].evil.test',
  ]) {
    it(`keeps the host "${host}" out`, () => assert.ok(!passes({ host })));
  }

  it('keeps a request without a host out', () => assert.ok(!passes({})));

  it('lets in what is of no web page, of an allowed one, or of a page of its own', () => {
    const host = '127.0.0.1:4000';
    assert.ok(passes({ host }));
    assert.ok(passes({ host, origin: 'https://dashboard.test' }));
    assert.ok(passes({ host, origin: 'http://127.0.0.1:4000' }));
  });

  it('keeps web pages of other origins out', () => {
    const host = '127.0.0.1:4000';
    for (const origin of [
      'https://evil.test',
      'null',
      '',
      'http://127.0.0.1:5173',
      'https://dashboard.test.evil.test',
      'vscode-webview://x',
    ]) {
      assert.ok(!passes({ host, origin }), origin);
    }
  });
});
