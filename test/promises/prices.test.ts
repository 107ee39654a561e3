import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nanoUsd } from '../../src/chat/money.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { gatewayUnderTest, type GatewayUnderTest } from '../support/gateway-under-test.ts';
import { scriptedUpstream, type ScriptedUpstream, type Sent } from '../support/scripted-upstream.ts';
import { choicesIn, limitIn, serve, wireOf, type Counted } from './provider-wire.ts';
import { bodyOf, clientNames, clients, configTextOf, prices, variants, type Question } from './scene.ts';

const variant = variants[2];
const pairs = clientNames.flatMap((client) => ['gpt', 'claude', 'gemini'].map((model) => ({ client, model })));

describe('whatever the formats of client and provider', () => {
  const clock = fakeClock();
  let gateway: GatewayUnderTest;
  let upstream: ScriptedUpstream;
  /** What the provider counts, by what it was sent. */
  let counts: (sent: Sent) => Counted;
  before(async () => {
    assert.ok(variant);
    upstream = scriptedUpstream(clock, (sent) => {
      serve(sent, counts(sent));
    });
    gateway = await gatewayUnderTest(configTextOf({ ...variant, daily: 1e15, account: 1e15, group: 1e15 }), undefined, {
      clock,
      upstream,
    });
  });
  after(() => gateway.close());

  const bodyFor = (question: Question, key?: string) =>
    gateway.call(bodyOf(question), { client: clients[question.client], ...(key !== undefined && { key }) });
  const costOf = async (question: Question): Promise<unknown> => {
    const { id, failure } = await bodyFor(question);
    assert.equal(failure, undefined);
    const [row] = await gateway.ports.ledger.rows({ call: id });
    assert.equal(row?.['source'], 'computed');
    return row['cost'];
  };

  for (const { client, model } of pairs) {
    it(`a streamed call costs what the same one costs whole, and more cache reads never more: ${client} at ${model}`, async () => {
      const usage = fc.record({
        input: fc.integer({ min: 1, max: 20_000 }),
        read: fc.double({ min: 0, max: 1, noNaN: true }),
        more: fc.double({ min: 0, max: 1, noNaN: true }),
        output: fc.integer({ min: 0, max: 3_000 }),
      });
      await fc.assert(
        fc.asyncProperty(usage, async ({ input, read, more, output }) => {
          clock.pass(40 * 86_400_000); // the scene has a budget for each month
          const cacheRead = Math.floor(input * read);
          const question = { client, model, prompt: 'Hello', limit: 3_000 };
          counts = () => ({ input, cacheRead, cacheWrite: 0, output });
          const streamed = await costOf({ ...question, stream: true });
          const whole = await costOf({ ...question, stream: false });
          const bill = (input - cacheRead) * prices.input + cacheRead * prices.cacheRead + output * prices.output;
          assert.deepEqual([streamed, whole], [bill, bill]);
          counts = () => ({
            input,
            cacheRead: cacheRead + Math.floor((input - cacheRead) * more),
            cacheWrite: 0,
            output,
          });
          assert.ok(Number(await costOf({ ...question, stream: false })) <= bill);
        }),
        { numRuns: 4 },
      );
    });

    // Elsewhere there is no word for several answers.
    const choices = ['openai-chat gpt', 'gemini gemini'].includes(`${client} ${model}`) ? [1, 3] : [1];
    for (const n of choices) {
      it(`a lowered limit reaches the provider in its own words: ${client} at ${model}, ${n} answers`, async () => {
        const max = nanoUsd(5_000_000);
        const key = await gateway.newKey({ maxBudget: max });
        const before = upstream.sent.length;
        // It takes all that it may.
        counts = (sent) => ({
          ...{ input: 10, cacheRead: 0, cacheWrite: 0 },
          output: (limitIn(sent) ?? Infinity) * choicesIn(sent),
        });
        const question = { client, model, stream: false, prompt: 'Hello', limit: 9_000, choices: n };
        const { id, failure, headers } = await bodyFor(question, key);
        assert.equal(failure, undefined);
        const sent = upstream.sent[before];
        assert.ok(sent);
        assert.equal(choicesIn(sent), n);
        const limit = limitIn(sent);
        assert.ok(
          limit !== undefined && limit >= 256 && limit * n * prices.output <= max,
          `${limit} in ${wireOf(sent)}`,
        );
        const [row] = await gateway.ports.ledger.rows({ call: id });
        assert.deepEqual([row?.['outputLimit'], headers['x-purser-output-limit']], [limit, String(limit)]);
        assert.ok(Number(row?.['cost']) <= max);
      });
    }
  }

  it('a hold covers a prompt that is written to the cache whole, at its dearer price', async () => {
    const max = nanoUsd(20_000_000);
    const key = await gateway.newKey({ maxBudget: max });
    const prompt = 'x'.repeat(4_000);
    counts = (sent) => ({ input: 1_000, cacheRead: 0, cacheWrite: 1_000, output: limitIn(sent) ?? Infinity });
    const marked = { client: 'anthropic', model: 'claude', stream: false, prompt, limit: 9_000, caches: true } as const;
    const { id, failure } = await bodyFor(marked, key);
    assert.equal(failure, undefined);
    const [row] = await gateway.ports.ledger.rows({ call: id });
    assert.ok(Number(row?.['cost']) > 1_000 * prices.cacheWrite && Number(row?.['cost']) <= max, JSON.stringify(row));
  });

  it('a key without a limit of its own sends the client limit as it came', async () => {
    counts = () => ({ input: 10, cacheRead: 0, cacheWrite: 0, output: 5 });
    for (const { client, model } of pairs) {
      const before = upstream.sent.length;
      const { failure, headers } = await bodyFor({ client, model, stream: false, prompt: 'Hello', limit: 777 });
      assert.equal(failure, undefined);
      const sent = upstream.sent[before];
      assert.equal(sent && limitIn(sent), 777, `${client} at ${model}`);
      assert.equal(headers['x-purser-output-limit'], undefined);
    }
  });
});
