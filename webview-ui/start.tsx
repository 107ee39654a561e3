import { act, canAct } from './host.ts';
import { useAsk, useHost } from './asking.ts';
import { t } from './l10n.ts';
import { Button, CopyButton, Section } from './parts.tsx';

/** What to do before there is anything to show. */
export function Start() {
  const host = useHost();
  const { data } = useAsk('overview', {});
  if (data === undefined) return null;
  return (
    <Section title={t('Getting started')}>
      <ol class="steps">
        <li>
          <h3>{data.providers.length > 0 ? t('Providers: {0}', data.providers.join(', ')) : t('Add a provider')}</h3>
          <p class="quiet">
            {data.providers.length > 0
              ? t('Their keys stay with the gateway; your tools never see them.')
              : canAct(host)
                ? t(
                    "Its key is kept in the editor's secret storage, and your tools never see it. Until then, the model demo answers.",
                  )
                : t(
                    'Put a key such as OPENAI_API_KEY into the environment or the .env beside the configuration. Until then, the model demo answers.',
                  )}
          </p>
          {canAct(host) && data.providers.length === 0 && (
            <Button look="primary" onClick={() => act(host, 'addProviderKey')}>
              {t('Add Provider Key')}
            </Button>
          )}
        </li>
        <li>
          <h3>{data.keys > 0 ? t('There is a key for your tools') : t('Create a key for each tool')}</h3>
          <p class="quiet">{t('Under Keys and projects, with a monthly limit if you like. It is shown once.')}</p>
        </li>
        <li>
          <h3>{t('Point a tool at the base URL')}</h3>
          <div class="copyable">
            <code>{data.baseUrl}</code>
            <CopyButton text={data.baseUrl} label={t('Copy base URL')} />
          </div>
          <p class="quiet">{t('Its first request shows up here.')}</p>
        </li>
      </ol>
    </Section>
  );
}
