import assert from 'node:assert/strict';
import { windowRoutes, type WindowHost } from '../../src/admin/window-routes.ts';
import type { AdminAsk } from '../../src/admin/routes.ts';
import { Failure } from '../../src/chat/failure.ts';
import type { Ports } from '../../src/gateway/ports.ts';
import type { ChangedVariables } from '../../src/windows/window-keys.ts';

function underTest() {
  const changes: ChangedVariables[] = [];
  let left = 0;
  const host: WindowHost = {
    handOver: () => void (left += 1),
    setVariables(changed) {
      changes.push(changed);
      return Promise.resolve(true);
    },
  };
  const routes = windowRoutes(host);
  const post = async (path: string, body: object): Promise<unknown> => {
    const route = routes.find(({ paths }) => paths.includes(path));
    assert.deepEqual([route?.method, route?.access], ['post', 'admin']);
    return await route?.run({} as Ports, { body, query: {}, params: {} } as AdminAsk);
  };
  return { changes, left: () => left, post };
}

describe('the routes between windows', () => {
  it('take new keys and removed ones', async () => {
    const { changes, post } = underTest();
    const variables = { OPENAI_API_KEY: 'sk-one', OLD: null };
    assert.deepEqual(await post('/purser/variables', { variables }), { taken: true });
    assert.deepEqual(changes, [variables]);
  });

  const wrong: readonly object[] = [
    {},
    { variables: 'sk-secret-value' },
    { variables: ['sk-secret-value'] },
    { variables: { 'NO NAME': 'sk-secret-value' } },
    { variables: { LONG: `sk-secret-value${'x'.repeat(20_000)}` } },
    { variables: { NESTED: { key: 'sk-secret-value' } } },
    { variables: {}, also: 'sk-secret-value' },
  ];
  for (const [index, body] of wrong.entries()) {
    it(`refuse what is no set of keys, without repeating it (${index + 1})`, async () => {
      const { changes, post } = underTest();
      await assert.rejects(post('/purser/variables', body), (error) => {
        assert.ok(error instanceof Failure && error.kind === 'invalid-request');
        return !error.message.includes('secret');
      });
      assert.deepEqual(changes, []);
    });
  }

  it('hand over after the answer', async () => {
    const { left, post } = underTest();
    assert.deepEqual([await post('/purser/handover', {}), left()], [{ leaving: true }, 0]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(left(), 1);
    await assert.rejects(post('/purser/handover', { to: 'me' }), /to is not known/);
  });
});
