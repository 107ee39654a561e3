import type { Words } from '../words.ts';
import type { Seen } from './status-text.ts';

/** A line of the menu, with the command that it runs. */
export interface MenuEntry {
  readonly label: string;
  readonly detail?: string;
  readonly command: string;
}

/** What a click on the status bar item offers: what helps now comes first. */
export function menuOf({ state, status }: Seen, l10n: Words): readonly MenuEntry[] {
  const copy = { label: `$(copy) ${l10n.t('Copy Base URL')}`, command: 'purser.copyBaseUrl' };
  const panel = { label: `$(graph) ${l10n.t('Open Panel')}`, command: 'purser.openPanel' };
  const log = { label: `$(output) ${l10n.t('Show Log')}`, command: 'purser.showLog' };
  const key = { label: `$(key) ${l10n.t('Add Provider Key...')}`, command: 'purser.addProviderKey' };
  const start = { label: `$(play) ${l10n.t('Start')}`, command: 'purser.start' };
  const configuration = { label: `$(gear) ${l10n.t('Open Configuration')}`, command: 'purser.openConfiguration' };
  if (state.type === 'stopped') return [start, log, panel];
  if (state.type === 'failed')
    return [...helpIn(state.why, l10n), { ...start, label: tryAgain(l10n) }, log, configuration];
  if (state.type === 'starting' || status === undefined) return [log, stop(false, l10n)];
  const isBare = status.providers === 0;
  return [
    ...(isBare ? [key] : []),
    ...(status.budgets.length === 0 ? [] : [raise(l10n)]),
    ...pauseOrResume(status.paused !== null, status.running, l10n),
    ...[panel, copy],
    ...(isBare ? [] : [key]),
    { label: `$(plug) ${l10n.t('Connect Assistant...')}`, command: 'purser.connectAssistant' },
    log,
    stop(state.adopted === true, l10n),
  ];
}

const raise = (l10n: Words): MenuEntry => ({
  label: `$(arrow-up) ${l10n.t('Raise Budget...')}`,
  command: 'purser.raiseBudget',
});

function pauseOrResume(isPaused: boolean, running: number, l10n: Words): readonly MenuEntry[] {
  if (isPaused) {
    const detail = l10n.t('Paid models answer again, for every window and every tool.');
    return [{ label: `$(debug-continue) ${l10n.t('Resume Spending')}`, detail, command: 'purser.resumeSpending' }];
  }
  const rest = running === 0 ? '' : ` ${l10n.t('Calls under way ({0}) come to their end.', running)}`;
  const detail = `${l10n.t('Only free models answer, for every window and every tool.')}${rest}`;
  return [{ label: `$(debug-pause) ${l10n.t('Pause All Spending')}`, detail, command: 'purser.pauseSpending' }];
}

const stop = (isAdopted: boolean, l10n: Words): MenuEntry => ({
  label: `$(debug-stop) ${l10n.t('Stop')}`,
  detail: isAdopted
    ? l10n.t('This window does without the gateway; the window that holds it goes on.')
    : l10n.t('Calls under way get three seconds. Another open window takes the gateway over, if there is one.'),
  command: 'purser.stop',
});

const tryAgain = (l10n: Words): string => `$(refresh) ${l10n.t('Try Again')}`;

type Trouble = (Seen['state'] & { readonly type: 'failed' })['why'];

function helpIn(why: Trouble, l10n: Words): readonly MenuEntry[] {
  const port = { label: `$(plug) ${l10n.t('Choose Another Port...')}`, command: 'purser.choosePort' };
  if (why === 'port-taken') return [port];
  if (why === 'other-purser')
    return [{ label: `$(check) ${l10n.t('Use the Other Purser')}`, command: 'purser.useOtherPurser' }, port];
  if (why === 'outdated') return [{ label: `$(refresh) ${l10n.t('Reload Window')}`, command: 'purser.reloadWindow' }];
  return [];
}
