import { type Charges, chargesOf, type Price, rateKinds, type Rates, type TieredRates } from '../pricing/price.ts';

/** A price in the keys of LiteLLM's price map: dollars for a token or a piece, with tiers. What is not known is null. */
export function priceFields(price: Price | undefined): Readonly<Record<string, unknown>> {
  if (!price) return unknown;
  const others = Object.entries(price.serviceTiers ?? {}).flatMap(([tier, rates]) =>
    Object.entries(tieredFields(rates, tier === 'batch' ? '_batches' : `_${tier}`)),
  );
  return { ...unknown, ...tieredFields(price, ''), ...Object.fromEntries(others), ...chargeFields(price) };
}

const rateFields: Readonly<Record<keyof Rates, string>> = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cacheRead: 'cache_read_input_token_cost',
  cacheWrite: 'cache_creation_input_token_cost',
  cacheWrite1h: 'cache_creation_input_token_cost_above_1hr',
  reasoning: 'output_cost_per_reasoning_token',
  audioInput: 'input_cost_per_audio_token',
  audioOutput: 'output_cost_per_audio_token',
  audioCacheRead: 'cache_read_input_audio_token_cost',
  imageInput: 'input_cost_per_image_token',
  imageOutput: 'output_cost_per_image_token',
};

const unknown = {
  input_cost_per_token: null,
  output_cost_per_token: null,
  cache_read_input_token_cost: null,
  cache_creation_input_token_cost: null,
};

/** A tier tells only what it changes. */
function tieredFields(rates: TieredRates, suffix: string): Record<string, number> {
  const fields: Record<string, number> = {};
  let below: Rates | undefined;
  const tell = (one: Rates, size: string): void => {
    for (const kind of rateKinds) {
      const rate = one[kind];
      if (rate !== undefined && rate !== below?.[kind]) fields[`${rateFields[kind]}${size}${suffix}`] = dollars(rate);
    }
    below = one;
  };
  tell(rates, '');
  for (const tier of rates.tiers ?? []) tell(tier, `_above_${Math.ceil(tier.above / 1000)}k_tokens`);
  return fields;
}

const chargeNames: Readonly<Record<keyof Charges, string>> = {
  request: 'input_cost_per_request',
  search: 'search_context_cost_per_query',
  second: 'input_cost_per_second',
  character: 'input_cost_per_character',
  image: 'output_cost_per_image',
  page: 'ocr_cost_per_page',
  codeSession: 'code_interpreter_cost_per_session',
  fileSearch: 'file_search_cost_per_1k_calls',
};

function chargeFields(price: Price): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [kind, pico] of Object.entries(chargesOf(price)) as readonly [keyof Charges, number][]) {
    const each = dollars(pico);
    fields[chargeNames[kind]] =
      kind === 'search' ? { search_context_size_medium: each } : kind === 'fileSearch' ? each * 1000 : each;
  }
  return fields;
}

const dollars = (pico: number): number => pico / 1e12;
