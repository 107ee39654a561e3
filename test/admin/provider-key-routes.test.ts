import assert from 'node:assert/strict';
import { providerKeyRoutes, type KeyedProvider } from '../../src/admin/provider-key-routes.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { adminKey, configText } from '../support/gateway-client.ts';
import { gatewayUnderTest } from '../support/gateway-under-test.ts';

describe('keys that there may be', () => {
  it('are those of the providers, and those that the configuration names, with what is called with them', async () => {
    const entry = (name: string, params: JsonObject) => ({ model_name: name, litellm_params: params });
    const models = [
      entry('fast', { model: 'openai/gpt-4o', api_key: 'os.environ/OPENAI_API_KEY' }),
      entry('fast', { model: 'openai/gpt-4o-mini' }),
      entry('work', { model: 'groq/llama-3.1-8b-instant', api_key: 'os.environ/GROQ_WORK' }),
      entry('ours', { model: 'azure/x', api_base: 'http://127.0.0.1:1', api_key: 'os.environ/AZURE_API_KEY' }),
    ];
    const environment_variables = { OPENAI_API_KEY: 'sk-planted-one-0001', AZURE_API_KEY: 'planted-two-0002' };
    const gateway = await gatewayUnderTest(configText(models, { environment_variables }));
    const [route] = providerKeyRoutes;
    const caller = authenticate(gateway.ports, adminKey);
    const ask = { caller, query: {}, body: {}, params: {} };
    const offers = (await route?.run(gateway.ports, ask)) as readonly KeyedProvider[];
    const of = (variable: string) => offers.filter((one) => one.variable === variable);
    assert.deepEqual(of('OPENAI_API_KEY'), [
      {
        ...{ name: 'openai', title: 'OpenAI', variable: 'OPENAI_API_KEY', models: ['fast'] },
        page: 'https://platform.openai.com/api-keys',
      },
    ]);
    assert.deepEqual(of('GROQ_API_KEY')[0]?.models, []);
    // A key that is missing is offered with what waits for it.
    assert.deepEqual(
      of('GROQ_WORK').map(({ name, title, models: waiting }) => [name, title, waiting]),
      [['groq', 'Groq', ['work']]],
    );
    assert.deepEqual(of('AZURE_API_KEY')[0]?.models, ['ours']);
    assert.ok(!JSON.stringify(offers).includes('planted'));
    await gateway.close();
  });
});
