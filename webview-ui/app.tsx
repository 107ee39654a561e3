import { useState } from 'preact/hooks';
import type { Filter } from '../src/admin/contract.ts';
import { HostContext, RevisionContext, useAsk, useHost, useKept, useRevision } from './asking.ts';
import { session, type Host } from './host.ts';
import { KeysView } from './keys.tsx';
import { t } from './l10n.ts';
import { LiveView } from './live.tsx';
import { ModelsView } from './models.tsx';
import { OverviewView } from './overview.tsx';
import { Button, Choice } from './parts.tsx';
import { PausedBanner } from './paused.tsx';
import { ProvidersView } from './providers.tsx';
import { RequestsView } from './requests.tsx';
import { themes, useTheme } from './theme.ts';

const views = [
  ['overview', t('Overview')],
  ['live', t('Live')],
  ['requests', t('Requests')],
  ['keys', t('Keys and projects')],
  ['models', t('Models and routing')],
  ['providers', t('Providers')],
] as const;
type View = (typeof views)[number][0];

/** The whole panel, in an editor tab and in a browser. */
export function App({ host }: { readonly host: Host }) {
  const revision = useRevision(host);
  return (
    <HostContext.Provider value={host}>
      <RevisionContext.Provider value={revision}>
        <Shell />
      </RevisionContext.Provider>
    </HostContext.Provider>
  );
}

function Shell() {
  const host = useHost();
  const [view, setView] = useKept<View>('view', 'overview');
  // Who comes again begins anew.
  const [visit, setVisit] = useState<{ readonly number: number; readonly filter: Filter }>({ number: 0, filter: {} });
  const goTo = (name: View, filter: Filter = {}): void => {
    setVisit({ number: visit.number + 1, filter });
    setView(name);
  };
  const title = views.find(([name]) => name === view)?.[1];
  return (
    <div class="shell">
      <nav aria-label={t('Views')}>
        <span class="brand">Purser</span>
        {views.map(([name, words]) => (
          <button
            key={name}
            type="button"
            class="tab"
            aria-current={name === view ? 'page' : undefined}
            onClick={() => goTo(name)}
          >
            {words}
            {name === 'live' && <LiveCount />}
          </button>
        ))}
        {host.kind === 'browser' && <BrowserFooter />}
      </nav>
      <main id="view" aria-label={title} class={`view-${view}`}>
        <PausedBanner />
        <h1>{title}</h1>
        {view === 'overview' && <OverviewView open={(filter) => goTo('requests', filter)} />}
        {view === 'live' && <LiveView />}
        {view === 'requests' && <RequestsView key={visit.number} first={visit.filter} />}
        {view === 'keys' && <KeysView />}
        {view === 'models' && <ModelsView />}
        {view === 'providers' && <ProvidersView />}
      </main>
    </div>
  );
}

function LiveCount() {
  const { data } = useAsk('calls', {}, 2_000);
  const count = data?.calls.length ?? 0;
  return count === 0 ? null : (
    <span class="count" aria-label={t('{0} in flight', count)}>
      {count}
    </span>
  );
}

function BrowserFooter() {
  const [theme, setTheme] = useTheme();
  return (
    <div class="nav-end">
      <Choice label={t('Theme')} hideLabel value={theme} options={themes} onChange={setTheme} />
      <Button
        look="quiet"
        onClick={() => {
          session.end();
          location.reload();
        }}
      >
        {t('Log out')}
      </Button>
    </div>
  );
}
