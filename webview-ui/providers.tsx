import { useState } from 'preact/hooks';
import type { AccountRow } from '../src/admin/contract.ts';
import { useAsk, useDoing, useHost } from './asking.ts';
import { counted, dollars, exactDollars, moment, percent, span, windowName } from './format.ts';
import { act, canAct } from './host.ts';
import { Loading } from './overview.tsx';
import { Badge, Bar, Button, Empty, Section, Trouble } from './parts.tsx';

/** The accounts that money goes out of. No key ever comes here. */
export function ProvidersView() {
  const { data, refusal, again } = useAsk('accounts', {});
  const host = useHost();
  if (data === undefined) return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  return (
    <Section
      title="Accounts"
      {...(data.accounts.length > 0 && { note: counted(data.accounts.length, 'account') })}
      actions={
        canAct(host) ? (
          <Button look="primary" onClick={() => act(host, 'addProviderKey')}>
            Add Provider Key
          </Button>
        ) : undefined
      }
    >
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {data.accounts.length === 0 ? (
        <Empty title="No provider yet">
          {canAct(host)
            ? "Add a provider's key; it stays in the editor's secret storage."
            : 'Put a key such as OPENAI_API_KEY into the environment or the .env beside the configuration, and start again.'}{' '}
          Until then, the model demo answers.
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
  set: ['good', 'key set'],
  missing: ['bad', 'key missing'],
  'not needed': ['plain', 'no key needed'],
} as const;

function Account({ row }: { readonly row: AccountRow }) {
  const [tone, words] = keyStates[row.key];
  const { cooling, last_error: error, balances, balance_error: balanceError } = row;
  return (
    <li>
      <header>
        <h3>{row.title}</h3>
        <Badge tone={tone}>{words}</Badge>
        {cooling !== null && <Badge tone="bad">resting</Badge>}
        <Test row={row} />
      </header>
      <p class="quiet cut" title={row.account}>
        {row.account} · {counted(row.deployments.length, 'deployment')}
      </p>
      <dl class="tiles small">
        <Amount title="Today" nano={row.spent.today} />
        <Amount title="This month" nano={row.spent.month} />
        <div class="tile">
          <dt>Balance</dt>
          <dd class="figure">
            {balances === null || balances.length === 0
              ? '–'
              : balances
                  .map(({ currency, left }) => left.toLocaleString('en-US', { style: 'currency', currency }))
                  .join(', ')}
          </dd>
          <dd class="quiet">
            {balanceError ?? (balances === null ? 'the provider does not tell' : 'left, says the provider')}
          </dd>
        </div>
      </dl>
      {row.budgets.map(({ max, spent, held, duration, resets_at: reset }) => (
        <div key={`${String(duration)} ${max}`} class="account-budget">
          <div class="line">
            <span>
              {dollars(spent)}{' '}
              <span class="quiet">
                of {dollars(max)} {windowName(duration)}
              </span>
            </span>
            <span class="quiet">
              {reset === null ? 'never reset' : `resets in ${span(Date.parse(reset) - Date.now())}`}
            </span>
          </div>
          <Bar
            share={max > 0 ? spent / max : 1}
            held={max > 0 ? held / max : 0}
            tone="budget"
            label={`${percent(spent / max)} of ${dollars(max)} spent`}
          />
        </div>
      ))}
      {cooling !== null && (
        <p class="bad">
          {cooling.message} It rests until {moment(Date.parse(cooling.until))}.
        </p>
      )}
      {cooling === null && error !== null && (
        <p class="quiet">
          Last error, {moment(Date.parse(error.at))}: {error.message}
        </p>
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
  const { busy, refusal, run } = useDoing();
  const [found, setFound] = useState<{ readonly good: boolean; readonly text: string }>();
  const test = (): void =>
    run(async () => {
      setFound(undefined);
      const { ok, models, error } = await host.ask('testProvider', { provider: row.provider });
      setFound({ good: ok, text: ok ? `works, ${counted(models?.length ?? 0, 'model')}` : (error ?? 'refused') });
    });
  return (
    <span class="test">
      <span role="status" class={refusal !== undefined || found?.good === false ? 'bad' : 'good'}>
        {refusal?.message ?? found?.text}
      </span>
      <Button
        disabled={busy}
        label={`Test the key of ${row.title}`}
        title="Asks for the list of models, which costs nothing"
        onClick={test}
      >
        {busy ? 'Testing…' : 'Test'}
      </Button>
    </span>
  );
}
