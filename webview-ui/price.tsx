import type { Row } from '../src/admin/contract.ts';
import { t } from './l10n.ts';

const rateNames: Readonly<Record<string, string>> = {
  input: t('in'),
  output: t('out'),
  cacheRead: t('cache read'),
  cacheWrite: t('cache write'),
  cacheWrite1h: t('cache write, 1 h'),
};

/** Pico-dollars a token are dollars per million of them, times a million. */
export function Price({ price }: { readonly price: NonNullable<Row['price']> }) {
  const rates = Object.entries(rateNames).flatMap(([name, words]) => {
    const rate = price[name];
    return typeof rate === 'number' ? [`$${Number((rate / 1e6).toPrecision(4))} ${words}`] : [];
  });
  const from = String(price['source'] ?? t('unknown'));
  return (
    <>
      {rates.join(', ')} <span class="quiet">{t('per million tokens')}</span>
      <div class="quiet">
        {price['asOf'] === undefined ? t('from {0}', from) : t('from {0}, of {1}', from, String(price['asOf']))}
      </div>
    </>
  );
}
