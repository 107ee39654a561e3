import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type OpenAI from 'openai';
import type { Page } from '../panel/browser.ts';
import { chatChunk, type Script } from '../support/fake-provider.ts';
import { chat, hello, openai, text } from '../support/gateway-client.ts';
import { addProviderKey } from './flows.ts';
import { untilTrue } from './host.ts';
import {
  answering,
  blockedSpells,
  figures,
  holderIn,
  openStage,
  picturesOfFailures,
  rows,
  sayingHello,
  type Stage,
} from './stage.ts';
import { hoverText, readStatus, runCommand, statusItem, toast } from './workbench.ts';

const providerKey = 'sk-provider-key-of-the-user-0001';

const config = (provider: string): string => `
model_list:
  - model_name: gpt
    litellm_params:
      model: openai/gpt-5
      api_base: ${provider}/v1
      api_key: os.environ/OPENAI_API_KEY
      input_cost_per_token: 0.0001
      output_cost_per_token: 0.0002
`;

// One after another: each window finds what the one before has left.
describe('the windows of a real editor', function () {
  this.timeout(120_000);
  let stage: Stage;
  let first: Page;
  let second: Page;
  let key: string;
  let client: OpenAI;
  picturesOfFailures(() => stage);
  before(async () => {
    stage = await openStage({ config, isSabotaged: true });
    first = await stage.open('harbour');
    await statusItem(first).filter({ hasText: 'no key yet' }).waitFor({ timeout: 60_000 });
    await addProviderKey(first, 'OpenAI', providerKey);
    key = text((await stage.ask('/key/generate', { key_alias: 'client' }))['key']);
    client = openai(stage.url, key, 2);
    await untilTrue(async () => (await client.chat.completions.create(call).catch(() => undefined)) !== undefined);
  });
  after(() => stage.close());

  const call = { model: 'gpt', messages: [{ role: 'user' as const, content: 'Hello' }] };
  const instance = (): unknown => holderIn(stage.storage)['instance'];
  /** Waits until another window holds the gateway. */
  const handedOver = async (leave: () => unknown): Promise<void> => {
    const before = instance();
    await leave();
    await untilTrue(() => Promise.resolve(instance() !== before));
  };
  /** Opens a window and waits until its extension shows what was spent. */
  const opened = async (folder: string): Promise<Page> => {
    const page = await stage.open(folder);
    await spendShown(page);
    return page;
  };
  const spendShown = (page: Page): Promise<void> =>
    statusItem(page).filter({ hasText: '$' }).waitFor({ timeout: 60_000 });
  const statuses = async (): Promise<readonly unknown[]> => (await rows(stage)).map(({ status }) => status);

  it('share one gateway', async () => {
    const before = instance();
    second = await opened('lighthouse');
    assert.equal(instance(), before);
    assert.match(await hoverText(second, statusItem(second)), /in another window/);
  });

  it('lose no call when the one that holds the gateway is closed', async () => {
    const calls = keepCalling(client);
    await handedOver(() => first.close());
    await calls.more(5);
    const done = await calls.end();
    assert.deepEqual(
      (await statuses()).slice(0, done),
      Array.from({ length: done }, () => 'done'),
    );
    await spendShown(second);
    assert.doesNotMatch(await hoverText(second, statusItem(second)), /in another window/);
  });

  it('lose no call when the extension host that holds the gateway is killed', async () => {
    const third = await opened('quay');
    // More patient than by default, as assistants are: a killed process tells nobody.
    const calls = keepCalling(openai(stage.url, key, 6));
    await handedOver(() => void process.kill(Number(holderIn(stage.storage)['pid']), 'SIGKILL'));
    await calls.more(5);
    await calls.end();
    // The editor has started the killed one again.
    await handedOver(() => third.close());
    await answering(stage);
  });

  it('find ledger and keys again after a restart of the editor', async () => {
    const before = await rows(stage);
    await second.close();
    await stage.restart();
    second = await opened('harbour');
    assert.deepEqual(await rows(stage), before);
    await client.chat.completions.create(call);
    assert.equal(stage.provider.requests.at(-1)?.headers.authorization, `Bearer ${providerKey}`);
  });

  it('start a gateway anew whose thread died under a stream, and say so', async () => {
    stage.provider.plays(endless);
    const asked = stage.provider.requests.length;
    const broken = assert.rejects(chat(stage.url, key, hello('gpt', { stream: true })));
    await untilTrue(() => Promise.resolve(stage.provider.requests.length > asked));
    stage.provider.plays(sayingHello);
    await runCommand(second, 'Saboteur: End the Gateway Thread');
    await toast(second, 'stopped unexpectedly').waitFor();
    await broken;
    await answering(stage);
    await spendShown(second);
    assert.equal((await readStatus(second)).kind, 'plain');
    assert.equal((await statuses())[0], 'interrupted');
    await client.chat.completions.create(call);
  });

  it('do not hold up a stream while another extension blocks their host for 300 ms at a time', async () => {
    let goesOn = true;
    const sent: number[] = [];
    stage.provider.plays(ticking(sent, () => goesOn));
    const stream = await client.chat.completions.create({ ...call, stream: true });
    const arrived: number[] = [];
    const reading = (async () => {
      for await (const { choices } of stream) if (choices[0]?.delta.content === tick) arrived.push(Date.now());
    })();
    await runCommand(second, 'Saboteur: Block the Extension Host');
    const spells = await blockedSpells(stage);
    goesOn = false;
    await reading;
    const delays = arrived.map((at, index) => at - (sent[index] ?? at));
    figures(
      `frames came ${spread(delays)} ms after they were sent; in blocked spells ${spells.map(within(sent, arrived)).join(', ')}`,
    );
    for (const spell of spells) {
      const [out = 0, came = 0] = within(sent, arrived)(spell);
      assert.ok(out > 5 && came >= out / 2, `${came} of ${out} came while the host was blocked`);
    }
  });
});

const tick = 'tick ';

const endless: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(chatChunk({ role: 'assistant', content: 'Let me see. ' }))}\n\n`);
};

/** Sends a frame every 10 ms for as long as it shall. */
const ticking =
  (sent: number[], goesOn: () => boolean): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => {
      sent.push(Date.now());
      response.write(`data: ${JSON.stringify(chatChunk({ content: tick }))}\n\n`);
      if (goesOn()) return;
      clearInterval(timer);
      response.write(`data: ${JSON.stringify(chatChunk({}, 'stop'))}\n\n`);
      response.end('data: [DONE]\n\n');
    }, 10);
  };

interface Spell {
  readonly start: number;
  readonly end: number;
}

/** How many of them lie in the spell. */
const within =
  (...times: readonly (readonly number[])[]) =>
  ({ start, end }: Spell): number[] =>
    times.map((all) => all.filter((at) => at >= start && at <= end).length);

/** The middle one and the longest. */
function spread(delays: readonly number[]): string {
  const sorted = [...delays].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1]} (at most ${sorted.at(-1)})`;
}

interface Calls {
  /** Resolves when so many more were answered. */
  readonly more: (count: number) => Promise<void>;
  /** Makes no more; how many there were. It fails if one did. */
  readonly end: () => Promise<number>;
}

/** Calls again and again, as a client does that was written by somebody else. */
function keepCalling(client: OpenAI): Calls {
  let goesOn = true;
  let done = 0;
  const run = (async () => {
    while (goesOn) {
      await client.chat.completions.create({ model: 'gpt', messages: [{ role: 'user', content: 'Hello' }] });
      done += 1;
      await delay(5);
    }
    return done;
  })();
  run.catch(() => undefined);
  return {
    async more(count) {
      const enough = done + count;
      await Promise.race([run, untilTrue(() => Promise.resolve(done >= enough))]);
    },
    end() {
      goesOn = false;
      return run;
    },
  };
}
