import assert from 'node:assert/strict';
import { listModels } from '../../src/gateway/models.ts';
import { fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { adminKey, configText } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { authenticate } from '../../src/gateway/authenticate.ts';

const minutes = 60_000;

describe('the models of a provider', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  beforeEach(async () => {
    provider = await fakeProvider(json(200, { object: 'list', data: [{ id: 'gpt-9' }, { id: 'text-embedding-9' }] }));
    const params = { api_key: 'os.environ/PLANTED', api_base: `${provider.url}/v1` };
    gateway = await gatewayUnderTest(
      configText(
        [
          { model_name: 'mine/*', litellm_params: { model: 'openai/*', ...params } },
          { model_name: 'gpt-*', litellm_params: { model: 'openai/gpt-*', ...params } },
          { model_name: 'fixed', litellm_params: { model: 'openai/gpt-4o', ...params } },
        ],
        {
          environment_variables: { PLANTED: 'sk-planted-key-of-the-provider' },
          router_settings: { model_group_alias: { shown: 'fixed', unseen: { model: 'fixed', hidden: true } } },
        },
      ),
    );
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  const idsFor = async (key = adminKey): Promise<readonly string[]> =>
    (await listModels(gateway.ports, authenticate(gateway.ports, key))).map(({ id }) => id);

  it('are its live list under the public names, beside what is named one by one', async () => {
    assert.deepEqual(await idsFor(), ['mine/gpt-9', 'mine/text-embedding-9', 'gpt-9', 'fixed', 'shown']);
    const [request, ...others] = provider.requests;
    assert.equal(others.length, 0);
    assert.equal(request?.path, '/v1/models');
    assert.equal(request.headers.authorization, 'Bearer sk-planted-key-of-the-provider');
  });

  it('are those that the key may use, and its own aliases', async () => {
    const key = await gateway.newKey({ models: ['mine/*', 'fast'], aliases: { fast: 'fixed' } });
    assert.deepEqual(await idsFor(key), ['mine/gpt-9', 'mine/text-embedding-9', 'fast']);
  });

  it('are asked for once an hour', async () => {
    await idsFor();
    gateway.clock.pass(59 * minutes);
    await idsFor();
    assert.equal(provider.requests.length, 1);
    gateway.clock.pass(1 * minutes);
    await idsFor();
    assert.equal(provider.requests.length, 2);
  });

  it("are the price table's while the provider does not say, and it is asked again after a minute", async () => {
    provider.plays(json(401, { error: { message: 'No.' } }));
    const ids = await idsFor();
    assert.ok(ids.includes('mine/gpt-4o') && ids.includes('gpt-4o') && ids.includes('fixed'));
    assert.match(gateway.logged.join('\n'), /answered 401 when asked for its models/);
    provider.plays(json(200, { data: [{ id: 'gpt-9' }] }));
    gateway.clock.pass(1 * minutes);
    assert.deepEqual(await idsFor(), ['mine/gpt-9', 'gpt-9', 'fixed', 'shown']);
  });

  it("are the price table's where it cannot be reached, and no secret is logged", async () => {
    provider.plays((_request, response) => void response.socket?.destroy());
    assert.ok((await idsFor()).includes('mine/gpt-4o'));
    assert.match(gateway.logged.join('\n'), /could not be asked for its models/);
    assert.ok(!gateway.logged.join('\n').includes('planted'));
  });

  it('are read in the shapes of Google and Ollama too', async () => {
    provider.plays(json(200, { models: [{ name: 'models/gpt-9' }, { name: 'gpt-10:7b' }] }));
    assert.deepEqual((await idsFor()).slice(0, 2), ['mine/gpt-9', 'mine/gpt-10:7b']);
  });
});
