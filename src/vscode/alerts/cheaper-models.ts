import { numberIn, objectsIn, stringIn, type Json } from '../../lib/json.ts';

/** A model with its prices, dollars a token; undefined: nobody knows. */
export interface PricedModel {
  readonly name: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** The chat models in the answer of `GET /purser/models`. */
export const pricedModels = (data: Json | undefined): readonly PricedModel[] =>
  objectsIn(data).flatMap((model) => {
    const name = stringIn(model['model_group']);
    const mode = stringIn(model['mode']) ?? 'chat';
    if (name === undefined || (mode !== 'chat' && mode !== 'responses')) return [];
    return [{ name, input: numberIn(model['input_cost_per_token']), output: numberIn(model['output_cost_per_token']) }];
  });

/** Coding agents send about ten times as much as they get, most of it cached; three to one is the usual measure. */
const weightOf = ({ input, output }: PricedModel): number => (3 * (input ?? Infinity) + (output ?? Infinity)) / 4;

export const isFree = ({ input, output }: PricedModel): boolean => input === 0 && output === 0;

/**
 * What may stand in when a budget cannot pay for the model that was asked for, cheapest first: the free ones, which go
 * on when all is spent; and, while something is left, those that cost less than `used`, the dearest one in use.
 */
export function cheaperModels(
  models: readonly PricedModel[],
  used: string | undefined,
  hasMoney: boolean,
): readonly PricedModel[] {
  const now = models.find(({ name }) => name === used);
  const bound = now === undefined ? Infinity : weightOf(now);
  return models
    .filter((model) => isFree(model) || (hasMoney && weightOf(model) < bound))
    .sort((a, b) => weightOf(a) - weightOf(b) || a.name.localeCompare(b.name));
}

/** `$0.15 in, $0.60 out for a million tokens`. */
export const perMillion = (dollarsPerToken: number): string =>
  `$${Number((dollarsPerToken * 1e6).toPrecision(3)).toFixed(2)}`;
