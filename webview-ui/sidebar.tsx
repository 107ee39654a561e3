import type { Overview, Workspace } from '../src/admin/contract.ts';
import { HostContext, RevisionContext, useAsk, useHost, useRevision } from './asking.ts';
import { Sparkline } from './chart.tsx';
import { dollars, exactDollars, percent, span } from './format.ts';
import { act, type Host } from './host.ts';
import { plural, t } from './l10n.ts';
import { Bar, Button, CopyButton, Trouble } from './parts.tsx';
import { PausedBanner } from './paused.tsx';
import { beginOf, stacksOf } from './periods.ts';

/** The small view beside the code. */
export function Sidebar({ host }: { readonly host: Host }) {
  const revision = useRevision(host, 5_000);
  return (
    <HostContext.Provider value={host}>
      <RevisionContext.Provider value={revision}>
        <Body />
      </RevisionContext.Provider>
    </HostContext.Provider>
  );
}

function Body() {
  const { data, refusal, again } = useAsk('overview', {});
  const { data: workspace } = useAsk('workspace', {});
  return (
    <main class="sidebar" aria-label={t('Purser')} aria-busy={data === undefined && refusal === undefined}>
      <h1 class="unseen">{t('Purser')}</h1>
      <PausedBanner />
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {data !== undefined && refusal === undefined && (
        <>
          {workspace && <ThisWorkspace workspace={workspace} />}
          <Money overview={data} />
          <Next overview={data} />
          <InFlight />
          <Models overview={data} />
          <Actions overview={data} />
        </>
      )}
    </main>
  );
}

function ThisWorkspace({ workspace: { name, project } }: { readonly workspace: NonNullable<Workspace> }) {
  if (project === null) return null;
  const { title, spent, max, until } = project;
  return (
    <section aria-label={t('This workspace')}>
      <h2 title={name}>{title}</h2>
      <p class="amount" title={exactDollars(spent)}>
        {dollars(spent)} {max !== null && <span class="of">{t('of {0}', dollars(max))}</span>}
      </p>
      {max !== null && (
        <>
          <Bar
            share={max > 0 ? spent / max : 1}
            tone="budget"
            label={t('{0}: {1} of {2}', title, dollars(spent), dollars(max))}
          />
          <p class="quiet">
            {t('{0} spent', percent(max > 0 ? spent / max : 1))}
            {until !== null && `, ${t('resets in {0}', span(until - Date.now()))}`}
          </p>
        </>
      )}
    </section>
  );
}

const days = 14;

function Money({ overview: { today, month } }: { readonly overview: Overview }) {
  const begin = beginOf('7') - 7 * 86_400_000;
  const { data: report } = useAsk('report', { by: 'provider', step: 'day', since: begin });
  const columns = report === undefined ? [] : stacksOf(report, 'day', '').columns;
  const values = columns.slice(-days).map(({ costs }) => costs.reduce((sum, cost) => sum + cost, 0));
  const highest = values.length === 0 ? 0 : Math.max(...values);
  return (
    <section aria-label={t('Spend')}>
      <dl class="pair">
        <Amount title={t('Today')} of={today} />
        <Amount title={t('This month')} of={month} />
      </dl>
      {highest > 0 && (
        <Sparkline
          values={values}
          label={t('The last {0} days, {1} on the dearest', values.length, dollars(highest))}
        />
      )}
    </section>
  );
}

function Amount({ title, of: { cost, calls, failed } }: { readonly title: string; readonly of: Overview['today'] }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd class="amount" title={exactDollars(cost)}>
        {dollars(cost)}
      </dd>
      <dd class="quiet">
        {plural(calls, '{0} request', '{0} requests')}
        {failed > 0 && <span class="bad">, {plural(failed, '{0} failed', '{0} failed')}</span>}
      </dd>
    </div>
  );
}

/** What to do next, as long as something is still to be done. */
function Next({ overview: { providers, keys, month, baseUrl } }: { readonly overview: Overview }) {
  const host = useHost();
  if (providers.length === 0)
    return (
      <Step
        text={t(
          "Add a provider's key. It is kept in the editor's secret storage, and your tools never see it. Until then, the model demo answers.",
        )}
      >
        <Button look="primary" onClick={() => act(host, 'addProviderKey')}>
          {t('Add Provider Key')}
        </Button>
      </Step>
    );
  if (keys === 0)
    return (
      <Step
        text={t(
          'Create a key for each tool, with a monthly limit if you like. The tool needs that key and the base URL.',
        )}
      >
        <Button look="primary" onClick={() => act(host, 'createKey')}>
          {t('Create Key')}
        </Button>
      </Step>
    );
  if (month.calls > 0) return null;
  return (
    <Step text={t('Give a tool its key and the base URL. Its first request shows up here.')}>
      <CopyButton text={baseUrl} label={t('Copy base URL')} />
    </Step>
  );
}

const Step = ({ text, children }: { readonly text: string; readonly children: preact.ComponentChildren }) => (
  <section class="next" aria-label={t('Next')}>
    <h2>{t('Next')}</h2>
    <p>{text}</p>
    <div>{children}</div>
  </section>
);

function InFlight() {
  const { data } = useAsk('calls', {}, 2_000);
  const host = useHost();
  if (data === undefined || data.calls.length === 0) return null;
  return (
    <section aria-label={t('In flight')}>
      <h2>{t('In flight')}</h2>
      <ul class="flight">
        {data.calls.slice(0, 4).map((call) => (
          <li key={call.call}>
            <span class="cut" title={call.group}>
              {call.group}
            </span>
            <span class="quiet">{span(data.now - call.at)}</span>
            <Button
              look="quiet"
              label={t('Stop {0}', call.group)}
              onClick={() => void host.ask('stopCall', { call: call.call }).catch(() => undefined)}
            >
              {t('Stop')}
            </Button>
          </li>
        ))}
      </ul>
      {data.calls.length > 4 && <p class="quiet">{t('{0} more', data.calls.length - 4)}</p>}
    </section>
  );
}

function Models({ overview: { models, month } }: { readonly overview: Overview }) {
  if (models.length === 0) return null;
  return (
    <section aria-label={t('Models this month')}>
      <h2>{t('Models this month')}</h2>
      <ul class="uses">
        {models.map(({ model, cost, calls }) => (
          <li key={model} class="shared" style={{ '--share': `${month.cost > 0 ? (100 * cost) / month.cost : 0}%` }}>
            <span class="cut" title={`${model}: ${plural(calls, '{0} request', '{0} requests')}`}>
              {model}
            </span>
            <span class="figure" title={exactDollars(cost)}>
              {dollars(cost)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ overview: { baseUrl } }: { readonly overview: Overview }) {
  const host = useHost();
  return (
    <section class="actions-below" aria-label={t('Actions')}>
      <div class="copyable">
        <code title={baseUrl}>{baseUrl}</code>
        <CopyButton text={baseUrl} label={t('Copy base URL')} />
      </div>
      <Button look="secondary" onClick={() => act(host, 'createKey')}>
        {t('Create Key')}
      </Button>
      <Button look="secondary" onClick={() => act(host, 'openPanel')}>
        {t('Open Panel')}
      </Button>
    </section>
  );
}
