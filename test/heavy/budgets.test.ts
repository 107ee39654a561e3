import assert from 'node:assert/strict';
import { objectIn, type JsonObject } from '../../src/lib/json.ts';
import { startServer, type BuiltServer } from '../support/built-server.ts';
import { chatAnswer, chatChunk, events, fakeProvider, json, usageChunk } from '../support/fake-provider.ts';
import type { FakeProvider, ReceivedRequest, Script } from '../support/fake-provider.ts';
import { chat, configText, hello, manage, newKey, openaiModel, rowsOf, text } from '../support/gateway-client.ts';
import { connections, post, type Heard } from './raw-client.ts';
import { secondsSince, sized, tell } from './scale.ts';

const promptTokens = 9;
const limitIn = ({ body }: ReceivedRequest): number => Number(body['max_tokens'] ?? body['max_completion_tokens']);
const usageOf = (completion: number) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completion,
  total_tokens: promptTokens + completion,
});

/** What the provider bills, nano-dollars. */
let billed = 0;
const bills =
  (completionOf: (request: ReceivedRequest) => number): Script =>
  (request, response) => {
    const usage = usageOf(completionOf(request));
    billed += usage.prompt_tokens * 1000 + usage.completion_tokens * 2000;
    const stream = events(chatChunk({ content: 'x' }), chatChunk({}, 'stop'), usageChunk(usage), '[DONE]');
    return (request.body['stream'] === true ? stream : json(200, chatAnswer('x', usage)))(request, response);
  };

describe('a nearly spent budget under many calls at once', () => {
  const agent = connections();
  let provider: FakeProvider;
  let server: BuiltServer;
  before(async () => {
    provider = await fakeProvider();
    server = await startServer({
      config: configText([openaiModel('gpt', `${provider.url}/v1`)], { general_settings: { hold_wait_seconds: 5 } }),
    });
  });
  after(async () => {
    agent.destroy();
    await server.stop();
    await provider.close();
  });

  const nano = async (key: string, field: string): Promise<number> => {
    const { info } = await manage(server.url, `/key/info?key=${key}`);
    return Math.round(Number(objectIn(info)[field]) * 1e9);
  };
  const many = (calls: number, key: string, more: JsonObject): Promise<Heard[]> =>
    Promise.all(Array.from({ length: calls }, () => post({ agent, url: server.url, key, body: hello('gpt', more) })));

  const kinds: readonly (readonly [string, JsonObject])[] = [
    ['with a limit of their own', { max_tokens: 400 }],
    ['without a limit', {}],
    ['that stream', { max_tokens: 400, stream: true }],
    ['that ask for more than is left', { max_tokens: 16_000 }],
  ];
  for (const [kind, more] of kinds) {
    it(`is used and never passed by 200 calls ${kind}`, async () => {
      const rounds = sized(1, 20);
      const shares: number[] = [];
      const start = performance.now();
      for (let round = 0; round < rounds; round += 1) {
        const budget = 50_000_000;
        const key = await newKey(server.url, { max_budget: budget / 1e9 });
        provider.plays(bills(() => 20_000));
        billed = 0;
        assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 20_000 }))).status, 200);
        const left = budget - billed;

        provider.plays(bills(limitIn));
        const answers = await many(200, key, more);
        const spent = await nano(key, 'spend');
        assert.equal(spent, billed);
        assert.ok(billed <= budget, `${billed} of ${budget}`);
        const share = (billed - (budget - left)) / left;
        assert.ok(share >= 0.6, `only ${share} of what was left was used`);
        shares.push(share);
        assert.equal(await nano(key, 'held'), 0);
        for (const { status, text: said } of answers) {
          assert.ok(status === 200 || status === 400 || status === 429, `${status}: ${said}`);
          if (status !== 200) assert.match(said, /budget/i);
        }
      }
      const least = Math.round(Math.min(...shares) * 100);
      tell(
        `200 calls ${kind}`,
        `${rounds} rounds in ${secondsSince(start)}`,
        `at least ${least} % of the rest was used`,
      );
    });
  }

  it('serves each of five parallel calls on a small budget', async () => {
    const key = await newKey(server.url, { max_budget: 0.01 });
    provider.plays(async (request, response) => {
      await new Promise((go) => setTimeout(go, 100));
      await bills(() => 20)(request, response);
    });
    const start = performance.now();
    const answers = await many(5, key, {});
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
      JSON.stringify(answers),
    );
    assert.equal((await rowsOf(server.url)).filter(({ status }) => status !== 'done').length, 0);
    tell('five parallel calls', `served in ${secondsSince(start)}`);
  });
});

/** The tightest of the budgets that are stacked on every call; the others have room, and count all the same. */
const tightest = ['key', 'key by the month', 'project', 'project in all', 'account', 'whole gateway'] as const;

describe('budgets of key, project, account and gateway, stacked, under many calls at once', () => {
  const agent = connections();
  const budget = 50_000_000;
  const rounds = sized(1, 5);
  const cases = tightest.flatMap((tight) => Array.from({ length: rounds }, (_, round) => ({ tight, round })));
  let provider: FakeProvider;
  before(async () => {
    provider = await fakeProvider();
  });
  after(async () => {
    agent.destroy();
    await provider.close();
  });

  for (const { tight, round } of cases) {
    it(`are used and never passed where that of the ${tight} is nearly spent (${round + 1})`, async () => {
      const dollars = (name: (typeof tightest)[number]) => (name === tight ? budget : 10 * budget) / 1e9;
      const server = await startServer({
        config: configText([openaiModel('gpt', `${provider.url}/v1`, { api_key: 'os.environ/THE_ACCOUNT' })], {
          litellm_settings: { max_budget: dollars('whole gateway'), budget_duration: '1d' },
          general_settings: {
            hold_wait_seconds: 5,
            account_budgets: { THE_ACCOUNT: { max_budget: dollars('account'), budget_duration: '7d' } },
          },
        }),
        variables: { THE_ACCOUNT: 'sk-account-key-of-the-tests' },
      });
      try {
        const made = await manage(server.url, '/team/new', {
          max_budget: dollars('project'),
          budget_duration: '1d',
          budget_limits: [{ max_budget: dollars('project in all') }],
        });
        const team = text(made['team_id']);
        const key = await newKey(server.url, {
          team_id: team,
          max_budget: dollars('key'),
          budget_duration: '1d',
          budget_limits: [{ max_budget: dollars('key by the month'), budget_duration: '1mo' }],
        });
        billed = 0;
        provider.plays(bills(() => 20_000));
        assert.equal((await chat(server.url, key, hello('gpt', { max_tokens: 20_000 }))).status, 200);
        const left = budget - billed;

        provider.plays(bills(limitIn));
        const kinds = [{ max_tokens: 400 }, {}, { max_tokens: 300, stream: true }, { max_tokens: 16_000 }];
        const start = performance.now();
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, turn) =>
            post({ agent, url: server.url, key, body: hello('gpt', kinds[turn % kinds.length]) }),
          ),
        );
        assert.ok(billed <= budget, `${billed} of ${budget}`);
        const share = (billed - (budget - left)) / left;
        assert.ok(share >= 0.6, `only ${share} of what was left was used`);
        for (const { status, text: said } of answers) {
          assert.ok(status === 200 || status === 400 || status === 429, `${status}: ${said}`);
          if (status !== 200) assert.match(said, /budget/i);
        }
        const shown = [
          objectIn((await manage(server.url, `/key/info?key=${key}`))['info']),
          objectIn((await manage(server.url, `/team/info?team_id=${team}`))['team_info']),
        ];
        for (const { spend, held } of shown) assert.deepEqual([Math.round(Number(spend) * 1e9), held], [billed, 0]);
        const rows = await rowsOf(server.url);
        assert.equal(
          rows.reduce((sum, { cost }) => sum + Number(cost), 0),
          billed,
        );
        tell(`stacked, ${tight}`, secondsSince(start), `${Math.round(share * 100)} % of the rest was used`);
      } finally {
        await server.stop();
      }
    });
  }
});
