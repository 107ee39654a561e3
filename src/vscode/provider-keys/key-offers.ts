import type { KeyedProvider } from '../../admin/provider-key-routes.ts';
import type { Words } from '../words.ts';

/** A key that may be added. */
export interface KeyOffer extends KeyedProvider {
  /** Where one stands already. */
  readonly state: 'stored' | 'in-environment' | 'missing';
}

export interface OfferGroup {
  readonly title: string;
  readonly offers: readonly KeyOffer[];
}

export interface KeysThere {
  /** The names in the secret storage. */
  readonly stored: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What was found in the environment first, then what the configuration waits for, then all providers. */
export function offerGroups(
  providers: readonly KeyedProvider[],
  there: KeysThere,
  { t }: Words,
): readonly OfferGroup[] {
  const offers = providers.map((one): KeyOffer => ({ ...one, state: stateOf(one, there) }));
  const found = offers.filter(({ state }) => state === 'in-environment');
  const awaited = offers.filter(({ state, models }) => state === 'missing' && models.length > 0);
  const others = offers.filter((one) => !found.includes(one) && !awaited.includes(one));
  const inUse = others.filter(({ models }) => models.length > 0);
  const rest = [...inUse, ...others.filter((one) => !inUse.includes(one))];
  return [
    { title: t('Found in the environment'), offers: found },
    { title: t('The configuration waits for'), offers: awaited },
    { title: t('Providers'), offers: rest },
  ].filter(({ offers: some }) => some.length > 0);
}

function stateOf({ variable }: KeyedProvider, { stored, environment }: KeysThere): KeyOffer['state'] {
  if (stored.has(variable)) return 'stored';
  return environment[variable] ? 'in-environment' : 'missing';
}

/** The end of a key, by which its owner knows it; nothing of one so short that this would give it away. */
export const endOf = (key: string): string => (key.length >= 16 ? `…${key.slice(-4)}` : '…');

export const isVariable = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** `OPENAI_API_KEY` and `work` make `OPENAI_API_KEY_WORK`. */
export const accountVariable = (variable: string, account: string): string =>
  `${variable}_${account.trim().replace(/\W+/g, '_').toUpperCase()}`;
