import { useState } from 'preact/hooks';
import { useDoing } from './asking.ts';
import { browserHost, session } from './host.ts';
import { t } from './l10n.ts';
import { Button, Field } from './parts.tsx';

/** Asks for the admin key; it is kept for as long as this tab is open. */
export function Login({ onLogin }: { readonly onLogin: () => void }) {
  const [key, setKey] = useState('');
  const { busy, refusal, run } = useDoing();
  const logIn = (): void =>
    run(async () => {
      session.begin(key.trim());
      try {
        await browserHost(() => session.end()).ask('about', {});
      } catch (error) {
        session.end();
        throw error;
      }
      onLogin();
    });
  return (
    <main class="login" aria-label={t('Log in')}>
      <h1>{t('Purser')}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          logIn();
        }}
      >
        <Field
          label={t('Admin key')}
          isSecret
          value={key}
          onInput={setKey}
          autoFocus
          hint={t(
            'The master key of the configuration or LITELLM_MASTER_KEY; else the one that was made and printed at the first start. It is forgotten when this tab is closed.',
          )}
          fault={refusal?.message}
        />
        <Button look="primary" disabled={busy || key.trim() === ''} onClick={logIn}>
          {t('Log in')}
        </Button>
      </form>
    </main>
  );
}
