import { providers } from '../../../src/providers/index.ts';
import { priceTable } from '../../../src/pricing/prices.ts';
import { modelBook, type ModelBook } from '../../../src/vscode/configuration/model-book.ts';

/** On a day that does not change. */
const clock = { now: () => Date.parse('2026-06-01T12:00:00Z') };

/** The providers and the prices that Purser comes with. */
export async function bundledModels(): Promise<ModelBook> {
  const prices = priceTable({ clock });
  await prices.warm();
  return modelBook(prices, providers);
}

/** What the loader needs to know of them. */
export const facts = Object.fromEntries(
  providers.map(({ name, keyVariables, baseUrl, local, aws }) => [
    name,
    { keyVariables, needsBase: baseUrl === undefined, local, aws },
  ]),
);
