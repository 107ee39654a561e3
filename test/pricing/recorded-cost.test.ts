import assert from 'node:assert/strict';
import { noUsage, type Usage } from '../../src/chat/chat.ts';
import { collect } from '../../src/chat/collect.ts';
import { anthropic } from '../../src/dialects/anthropic/anthropic.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/gemini.ts';
import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isObject, objectIn, parseJson } from '../../src/lib/json.ts';
import { costOf } from '../../src/pricing/cost.ts';
import { keyedPrice } from '../../src/pricing/keyed-price.ts';
import type { Price } from '../../src/pricing/price.ts';
import { framesOf, readJson, recordings } from '../support/fixtures.ts';

/** Rates in dollars per million tokens, as price lists have them. */
interface List {
  readonly input: number;
  readonly output: number;
  readonly read?: number;
  readonly write?: number;
  readonly write1h?: number;
}

const listed = ({ input, output, read, write, write1h }: List, more: JsonObject = {}): Price => {
  const keys = {
    input_cost_per_token: input / 1e6,
    output_cost_per_token: output / 1e6,
    ...(read !== undefined && { cache_read_input_token_cost: read / 1e6 }),
    ...(write !== undefined && { cache_creation_input_token_cost: write / 1e6 }),
    ...(write1h !== undefined && { cache_creation_input_token_cost_above_1hr: write1h / 1e6 }),
    ...more,
  };
  const price = keyedPrice(keys, { provider: 'test', model: 'test', source: 'config', at: 0, base: () => undefined });
  assert.ok(price);
  return price;
};

const gpt5Mini = listed({ input: 0.25, output: 2, read: 0.025 });
const sonnet = listed({ input: 3, output: 15, read: 0.3, write: 3.75, write1h: 6 });
const search = (dollars: number) => ({ search_context_cost_per_query: { search_context_size_medium: dollars } });

const dialects: Readonly<Record<string, Dialect>> = {
  anthropic,
  gemini,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
};

/** The usage that a recording tells, whole or streamed. */
function usageOf(path: string): Usage | undefined {
  const dialect = dialects[path.split('/')[0] ?? ''];
  assert.ok(dialect);
  if (path.endsWith('.json')) return dialect.readAnswer(readJson(path)).usage;
  const read = dialect.streamReader();
  return collect(framesOf(path).flatMap((frame) => [...read(frame)])).usage;
}

/** What a recording costs, in whole nano-dollars. */
function billed(path: string, price: Price): number {
  const usage = usageOf(path);
  assert.ok(usage);
  return costOf(usage, price);
}

/** Tokens times dollars per million are thousandths of nano-dollars; every sum here comes out whole, or is rounded once. */
const sum = (...terms: readonly (readonly [count: number, dollarsPerMillion: number])[]): number =>
  Math.round(terms.reduce((all, [count, dollars]) => all + count * Math.round(dollars * 1e6), 0) / 1000);
const dollars = (amount: number): number => amount * 1e9;

describe('what a recorded answer costs, to the nano-dollar', () => {
  it('counts what was read from and written to a cache apart from the rest', () => {
    assert.equal(
      billed('anthropic/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt', sonnet),
      sum([6, 3], [6289, 0.3], [3337, 3.75], [198, 15]),
    );
    assert.equal(
      billed('anthropic/pai-test_anthropic_code_execution_files_cache_prefix_stable-automatic-sonn.1.json', sonnet),
      sum([4, 3], [8845, 0.3], [6, 3.75], [193, 15]),
    );
  });

  it('takes the cache out of a prompt that holds it, and reasoning for output', () => {
    assert.equal(
      billed('openai-chat/deepseek-json.json', listed({ input: 0.55, output: 2.19, read: 0.14 })),
      sum([495 - 320, 0.55], [320, 0.14], [144, 2.19]), // 118 of the 144 are reasoning
    );
    assert.equal(
      billed('openai-responses/openai-shell-skills.1.chunks.txt', listed({ input: 1.75, output: 14, read: 0.175 })),
      sum([1501 - 1024, 1.75], [1024, 0.175], [314, 14]),
    );
  });

  it('counts a cache that the provider writes unasked', () => {
    assert.equal(
      billed('openai-chat/pai-test_openai_chat_prompt_cache_e2e.0.json', listed({ input: 5, output: 30, write: 6.25 })),
      sum([8, 5], [4012, 6.25], [4, 30]),
    );
  });

  it('adds thoughts to what Gemini wrote, and prices sound, read anew or from the cache, as sound', () => {
    const flash = listed(
      { input: 0.3, output: 2.5, read: 0.03 },
      { input_cost_per_audio_token: 1e-6, cache_read_input_audio_token_cost: 1e-7 },
    );
    assert.equal(
      billed('gemini/pai-test_google_model_mobile_youtube_video_url_input.0.json', flash),
      // 17,713 in, of which 17,379 from the cache; sound is 36 of the fresh ones and 1,881 of the cached; 68 and 821 of thoughts out
      sum([334 - 36, 0.3], [36, 1], [17_379 - 1881, 0.03], [1881, 0.1], [68 + 821, 2.5]),
    );
  });

  it('adds each web search', () => {
    assert.equal(
      billed('anthropic/anthropic-web-search-tool.1.json', listed({ input: 3, output: 15 }, search(0.01))),
      sum([27_118, 3], [600, 15]) + 2 * dollars(0.01),
    );
    assert.equal(
      billed('openai-responses/openai-web-search-tool.1.chunks.txt', { ...gpt5Mini, search: 1e10 }),
      sum([31_073 - 3712, 0.25], [3712, 0.025], [4416, 2]) + 2 * dollars(0.01),
    );
  });

  it('adds each search in files, and each container that code ran in', () => {
    const price = listed(
      { input: 0.25, output: 2, read: 0.025 },
      { file_search_cost_per_1k_calls: 2.5, code_interpreter_cost_per_session: 0.03 },
    );
    assert.equal(
      billed('openai-responses/openai-file-search-tool.1.json', price),
      sum([1140, 0.25], [2560, 0.025], [741, 2]) + dollars(2.5 / 1000),
    );
    assert.equal(
      billed('openai-responses/azure-code-interpreter-tool.1.chunks.txt', price),
      sum([863, 0.25], [1280, 0.025], [919, 2]) + dollars(0.03),
    );
  });

  it('has every kind of a tier that the whole request moves to', () => {
    const price = listed(
      { input: 0.25, output: 2, read: 0.025 },
      {
        input_cost_per_token_above_30k_tokens: 5e-7,
        output_cost_per_token_above_30k_tokens: 3e-6,
        cache_read_input_token_cost_above_30k_tokens: 5e-8,
      },
    );
    assert.equal(
      billed('openai-responses/openai-web-search-tool.1.chunks.txt', price), // 31,073 in
      sum([27_361, 0.5], [3712, 0.05], [4416, 3]),
    );
    assert.equal(
      billed('openai-responses/openai-web-search-tool.1.json', price), // 19,681 in
      sum([15_969, 0.25], [3712, 0.025], [3773, 2]),
    );
  });

  it('has the rates of the service tier that the answer names, whatever was asked for', () => {
    const raw = readJson('openai-responses/openai-file-search-tool.1.json');
    const price = listed(
      { input: 0.25, output: 2, read: 0.025 },
      {
        input_cost_per_token_flex: 1.25e-7,
        output_cost_per_token_flex: 1e-6,
        cache_read_input_token_cost_flex: 1.25e-8,
      },
    );
    const cost = (tier: string) =>
      costOf(openaiResponses.readAnswer({ ...raw, service_tier: tier }).usage ?? noUsage, price);
    assert.equal(cost('default'), sum([1140, 0.25], [2560, 0.025], [741, 2]));
    assert.equal(cost('flex'), sum([1140, 0.125], [2560, 0.0125], [741, 1]));
  });

  it('is what the provider says, where it says it', () => {
    const usage = usageOf('openai-chat/pai-test_openrouter_stream_with_native_options.0.sse');
    assert.equal(usage?.reported, dollars(0.00333825));
  });
});

describe('the same answer', () => {
  const streams = Object.keys(dialects).flatMap((folder) => recordings(folder, '.chunks.txt', '.sse'));
  const told = streams.flatMap((path) => {
    const usage = tellsUsage(path);
    return usage ? [{ path, usage }] : [];
  });

  it('is recorded often enough to tell', () => assert.ok(told.length > 50, String(told.length)));

  for (const { path, usage } of told) {
    it(`costs as much whole as streamed: ${path}`, () => {
      const whole = wholeOf(path, usage);
      const odd = listed({ input: 3.01, output: 15.03, read: 0.307, write: 3.77, write1h: 6.11 }, search(0.01));
      const { searches = 0, ...tokens } = usage;
      // Where a search stands in the text, and not in the usage, the whole answer made here has none.
      const isInUsage = whole.searches !== undefined || searches === 0;
      assert.equal(costOf(isInUsage ? usage : tokens, odd), costOf(whole, odd));
    });
  }
});

function tellsUsage(path: string): Usage | undefined {
  try {
    return usageOf(path);
  } catch {
    return undefined; // a stream that ends in an error
  }
}

/** The usage of an answer that tells in one piece what the stream told. */
function wholeOf(path: string, { raw = {}, serviceTier }: Usage): Usage {
  const last = objectIn(parseJson(framesOf(path).at(-1)?.data ?? ''));
  const message = { role: 'assistant', content: '' };
  const answers: Readonly<Record<string, JsonObject>> = {
    anthropic: { id: 'a', type: 'message', role: 'assistant', model: 'm', content: [], usage: raw },
    gemini: { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }], usageMetadata: raw },
    'openai-chat': { id: 'a', choices: [{ index: 0, message, finish_reason: 'stop' }], usage: raw },
    'openai-responses': isObject(last.response) ? last.response : {},
  };
  const [folder = ''] = path.split('/');
  const tier = serviceTier === undefined ? {} : { service_tier: serviceTier };
  const answer = dialects[folder]?.readAnswer({ ...tier, ...answers[folder] });
  assert.ok(answer?.usage);
  return answer.usage;
}
