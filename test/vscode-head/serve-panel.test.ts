import assert from 'node:assert/strict';
import type { PanelAction } from '../../src/admin/contract.ts';
import { askGateway, baseUrlOf } from '../../src/admin/gateway-client.ts';
import { panelHandlers, remediesOf, runningGateway } from '../../src/admin/handlers.ts';
import { servePanel } from '../../src/admin/serve-panel.ts';
import type { GatewayState } from '../../src/windows/gateway-thread.ts';

function underTest(state: GatewayState = { type: 'starting' }) {
  const acted: PanelAction[] = [];
  const handlers = panelHandlers({
    admin: async (path, body) => askGateway(runningGateway(state), path, body),
    about: () => ({ baseUrl: baseUrlOf(runningGateway(state)), host: 'editor', timeZone: 'UTC' }),
    act(action) {
      acted.push(action);
      return Promise.resolve();
    },
    folder: () => undefined,
    save: () => Promise.resolve(null),
  });
  return { acted, told: (message: unknown) => servePanel(handlers, message, () => remediesOf(state)) };
}

const ask = (method: unknown, params: unknown, id: unknown = 1) => ({ type: 'ask', id, method, params });

describe('the panel', () => {
  it('may have the editor act', async () => {
    const { acted, told } = underTest();
    assert.deepEqual(await told(ask('act', { action: 'copyBaseUrl' })), { type: 'reply', id: 1, result: {} });
    assert.deepEqual(acted, ['copyBaseUrl']);
  });

  it('is told why there is nothing to show, and what may help', async () => {
    const state = { type: 'failed', why: 'port-taken', message: 'Port 4144 is taken by another program.' } as const;
    assert.deepEqual(await underTest(state).told(ask('overview', {})), {
      type: 'refusal',
      id: 1,
      message: 'Port 4144 is taken by another program.',
      remedies: [
        { action: 'choosePort', title: 'Choose Another Port' },
        { action: 'restart', title: 'Try Again' },
      ],
    });
  });

  const hostile: readonly unknown[] = [
    undefined,
    null,
    'overview',
    [],
    {},
    ask('overview', undefined),
    ask('overview', { since: 0 }),
    ask('overview', [], 1),
    ask('overview', {}, '1'),
    ask('overview', {}, Number.NaN),
    ask('overview', {}, { valueOf: () => 1 }),
    ask('constructor', {}),
    ask('__proto__', {}),
    ask(['act'], { action: 'restart' }),
    ask('act', {}),
    ask('act', { action: 'workbench.action.terminal.new' }),
    ask('act', { action: '__proto__' }),
    ask('act', { action: ['restart'] }),
    ask('act', { action: 'restart', also: 'showLog' }),
    { ...ask('act', { action: 'restart' }), type: 'reply' },
  ];
  for (const [index, message] of hostile.entries()) {
    it(`neither answers nor obeys what no page of ours sends (${index + 1})`, async () => {
      const { acted, told } = underTest({ type: 'running', url: 'http://127.0.0.1:9', adminKey: 'sk-admin' });
      assert.equal(await told(message), undefined);
      assert.deepEqual(acted, []);
    });
  }

  it('never sees the admin key, also when the gateway has gone', async () => {
    const { told } = underTest({ type: 'running', url: 'http://127.0.0.1:9', adminKey: 'sk-admin-secret' });
    const answer = await told(ask('overview', {}));
    assert.equal(answer?.type, 'refusal');
    assert.ok(!JSON.stringify(answer).includes('sk-admin-secret'));
  });
});
