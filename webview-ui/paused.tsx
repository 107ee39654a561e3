import { useAsk, useDoing, useHost } from './asking.ts';
import { fullMoment } from './format.ts';
import { t } from './l10n.ts';
import { Button } from './parts.tsx';

/** Says so while all spending is paused, with the way out. */
export function PausedBanner() {
  const host = useHost();
  const { data, again } = useAsk('spend', {});
  const { busy, refusal, run } = useDoing();
  if (data === undefined || data.paused === null) return null;
  return (
    <div class="trouble paused" role="status">
      <p>
        <strong>{t('All spending is paused')}</strong>{' '}
        {t('since {0}. Free models answer, and calls that were under way come to their end.', fullMoment(data.paused))}
        {refusal !== undefined && <span class="bad"> {refusal.message}</span>}
      </p>
      <Button
        look="primary"
        disabled={busy}
        onClick={() => run(() => host.ask('pauseSpending', { on: false }).then(again))}
      >
        {t('Resume')}
      </Button>
    </div>
  );
}
