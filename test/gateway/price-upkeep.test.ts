import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { priceUpkeep, type PriceUpkeep } from '../../src/gateway/price-upkeep.ts';
import { chatAnswer, fakeProvider, json, type FakeProvider } from '../support/fake-provider.ts';
import { hello } from '../support/gateway-client.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';

const map = {
  'groq/brand-new-1': { litellm_provider: 'groq', input_cost_per_token: 1e-7, output_cost_per_token: 3e-7 },
};

describe('the upkeep of prices', () => {
  let provider: FakeProvider;
  let gateway: GatewayUnderTest;
  const start = async (more = '') => {
    provider = await fakeProvider((request, response) =>
      json(200, request.path === '/map.json' ? map : chatAnswer('Hi.'))(request, response),
    );
    gateway = await gatewayUnderTest(`
model_list:
  - { model_name: new, litellm_params: { model: groq/brand-new-1, api_base: "${provider.url}", api_key: sk-provider } }
${more}`);
    return (variables: Readonly<Record<string, string>>) =>
      priceUpkeep(gateway.ports, {
        folder: gateway.folder,
        environment: (name) =>
          ({
            GENAI_PRICES_URL: `${provider.url}/none`,
            LITELLM_MODEL_COST_MAP_URL: `${provider.url}/map.json`,
            ...variables,
          })[name],
        after: gateway.clock.after,
      });
  };
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });
  const fetched = (): number => provider.requests.filter(({ method }) => method === 'GET').length;

  it('brings a price into force and corrects what waited for it, with nobody asking', async () => {
    const upkeep = (await start())({});
    await gateway.call(hello('new', { max_tokens: 10 }));
    assert.equal((await gateway.rows())[0]?.['source'], 'assumed');
    upkeep.start();
    gateway.clock.pass(11 * 60_000);
    while (!gateway.logged.some((line) => line.includes('rows were corrected'))) await turn();
    const [row] = await gateway.rows();
    assert.notEqual(row?.['cost'], row?.['bookedCost']);
    assert.equal(gateway.ports.catalog().find('new', {}).deployments[0]?.price().price?.source, 'litellm');
    upkeep.stop();
    assert.equal(gateway.clock.pending, 0);
  });

  const passes = async (upkeep: PriceUpkeep): Promise<void> => {
    upkeep.start();
    gateway.clock.pass(11 * 60_000);
    for (let turns = 0; turns < 50; turns++) await turn();
    upkeep.stop();
  };

  it('fetches nothing where the configuration says so', async () => {
    await passes((await start('general_settings: { price_refresh: false }'))({}));
    assert.equal(fetched(), 0);
  });

  it('fetches nothing where the environment says so', async () => {
    await passes((await start())({ LITELLM_LOCAL_MODEL_COST_MAP: 'True' }));
    assert.equal(fetched(), 0);
  });
});
