import type { AccountRow } from '../src/admin/contract.ts';
import { useAsk, useHost, useTrial } from './asking.ts';
import { dollars, exactDollars, moment, percent, span, windowName } from './format.ts';
import { act, canAct } from './host.ts';
import { numbersIn, plural, t } from './l10n.ts';
import { Loading } from './overview.tsx';
import { Badge, Bar, Button, Empty, Section, Trouble } from './parts.tsx';

/** The accounts that money goes out of. No key ever comes here. */
export function ProvidersView() {
  const { data, refusal, again } = useAsk('accounts', {});
  const host = useHost();
  if (data === undefined) return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  return (
    <Section
      title={t('Accounts')}
      {...(data.accounts.length > 0 && { note: plural(data.accounts.length, '{0} account', '{0} accounts') })}
      actions={
        canAct(host) ? (
          <Button look="primary" onClick={() => act(host, 'addProviderKey')}>
            {t('Add Provider Key')}
          </Button>
        ) : undefined
      }
    >
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {data.accounts.length === 0 ? (
        <Empty title={t('No provider yet')}>
          {canAct(host)
            ? t("Add a provider's key; it stays in the editor's secret storage.")
            : t(
                'Put a key such as OPENAI_API_KEY into the environment or the .env beside the configuration, and start again.',
              )}{' '}
          {t('Until then, the model demo answers.')}
        </Empty>
      ) : (
        <ul class="accounts">
          {data.accounts.map((row) => (
            <Account key={row.account} row={row} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const keyStates = {
  set: ['good', t('key set')],
  missing: ['bad', t('key missing')],
  'not needed': ['plain', t('no key needed')],
} as const;

function Account({ row }: { readonly row: AccountRow }) {
  const [tone, words] = keyStates[row.key];
  const { cooling, last_error: error, balances, balance_error: balanceError } = row;
  return (
    <li>
      <header>
        <h3>{row.title}</h3>
        <Badge tone={tone}>{words}</Badge>
        {cooling !== null && <Badge tone="bad">{t('resting')}</Badge>}
        <Test row={row} />
      </header>
      <p class="quiet cut" title={row.account}>
        {row.account} · {plural(row.deployments.length, '{0} deployment', '{0} deployments')}
      </p>
      <dl class="tiles small">
        <Amount title={t('Today')} nano={row.spent.today} />
        <Amount title={t('This month')} nano={row.spent.month} />
        <div class="tile">
          <dt>{t('Balance')}</dt>
          <dd class="figure">
            {balances === null || balances.length === 0
              ? '–'
              : balances
                  .map(({ currency, left }) => left.toLocaleString(numbersIn, { style: 'currency', currency }))
                  .join(', ')}
          </dd>
          <dd class="quiet">
            {balanceError ?? (balances === null ? t('the provider does not tell') : t('left, says the provider'))}
          </dd>
        </div>
      </dl>
      {row.budgets.map(({ max, spent, held, duration, resets_at: reset }) => (
        <div key={`${String(duration)} ${max}`} class="account-budget">
          <div class="line">
            <span>
              {dollars(spent)} <span class="quiet">{t('of {0} {1}', dollars(max), windowName(duration))}</span>
            </span>
            <span class="quiet">
              {reset === null ? t('never reset') : t('resets in {0}', span(Date.parse(reset) - Date.now()))}
            </span>
          </div>
          <Bar
            share={max > 0 ? spent / max : 1}
            held={max > 0 ? held / max : 0}
            tone="budget"
            label={t('{0} of {1} spent', percent(spent / max), dollars(max))}
          />
        </div>
      ))}
      {cooling !== null && (
        <p class="bad">
          {cooling.message} {t('It rests until {0}.', moment(Date.parse(cooling.until)))}
        </p>
      )}
      {cooling === null && error !== null && (
        <p class="quiet">{t('Last error, {0}: {1}', moment(Date.parse(error.at)), error.message)}</p>
      )}
    </li>
  );
}

const Amount = ({ title, nano }: { readonly title: string; readonly nano: number }) => (
  <div class="tile">
    <dt>{title}</dt>
    <dd class="figure" title={exactDollars(nano)}>
      {dollars(nano)}
    </dd>
  </div>
);

/** A call that costs nothing: it lists the models that the key gives access to. */
function Test({ row }: { readonly row: AccountRow }) {
  const host = useHost();
  const { busy, found, run } = useTrial();
  const test = (): void =>
    run(async () => {
      const { ok, models, error } = await host.ask('testProvider', { provider: row.provider });
      const works = plural(models?.length ?? 0, 'works, {0} model', 'works, {0} models');
      return { good: ok, text: ok ? works : (error ?? t('refused')) };
    });
  return (
    <span class="test">
      <span role="status" class={found?.good === false ? 'bad' : 'good'}>
        {found?.text}
      </span>
      <Button
        disabled={busy}
        label={t('Test the key of {0}', row.title)}
        title={t('Asks for the list of models, which costs nothing')}
        onClick={test}
      >
        {busy ? t('Testing…') : t('Test')}
      </Button>
    </span>
  );
}
