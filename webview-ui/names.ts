import type { Grouping, KeyRow, PanelAction, ProjectRow } from '../src/admin/contract.ts';
import { t } from './l10n.ts';

/** What people call what reports know by an id. */
export interface Names {
  readonly key: (id: string) => string;
  readonly project: (id: string) => string;
}

export function namesOf(keys: readonly KeyRow[], projects: readonly ProjectRow[]): Names {
  const keyNames = new Map(keys.map((key) => [key.token, key.key_alias ?? key.key_name]));
  const projectNames = new Map(projects.map(({ team_id: id, team_alias: alias }) => [id, alias ?? id]));
  return {
    key: (id) => (id === 'admin' ? t('Admin key') : (keyNames.get(id) ?? shortened(id))),
    project: (id) => projectNames.get(id) ?? id,
  };
}

const shortened = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? t('key {0}…', id.slice(0, 8)) : id);

/** What stands for the calls that have none. */
export const nameless: Readonly<Record<Grouping, string>> = {
  model: t('No model'),
  project: t('No project'),
  provider: t('No provider'),
  key: t('No key'),
  assistant: t('Other tools'),
};

export const nameOf = (names: Names, by: Grouping, name: string | null): string =>
  name === null || name === ''
    ? nameless[by]
    : by === 'key'
      ? names.key(name)
      : by === 'project'
        ? names.project(name)
        : name;

export const groupingTitles = [
  ['model', t('Model')],
  ['project', t('Project')],
  ['provider', t('Provider')],
  ['key', t('Key')],
  ['assistant', t('Assistant')],
] as const;

export const byTitles: Readonly<Record<Grouping, string>> = {
  model: t('By model'),
  project: t('By project'),
  provider: t('By provider'),
  key: t('By key'),
  assistant: t('By assistant'),
};

/** How a cost is known, in a word and in a sentence. */
export const sources: Readonly<Record<string, readonly [title: string, meaning: string]>> = {
  reported: [t('Reported'), t('The provider itself named the cost.')],
  computed: [t('Computed'), t("The provider's token counts times the price.")],
  estimated: [
    t('Estimated'),
    t('The provider did not count, so tokens were counted here, or it is the most it can be.'),
  ],
  assumed: [t('Assumed'), t('No price is known, so the dearest of its family is counted until one is.')],
  unknown: [t('Unknown'), t('No price is known, and the configuration lets such calls pass.')],
};

/** How a call ended. */
export const statusNames: Readonly<Record<string, string>> = {
  done: t('done'),
  failed: t('failed'),
  'timed-out': t('timed out'),
  cancelled: t('cancelled'),
  interrupted: t('interrupted'),
};

/** What the editor can do about a trouble, in the page's language. */
export const remedyTitles: Readonly<Partial<Record<PanelAction, string>>> = {
  restart: t('Try Again'),
  showLog: t('Show Log'),
  choosePort: t('Choose Another Port'),
  useOtherPurser: t('Use It'),
  reloadWindow: t('Reload Window'),
  openConfiguration: t('Open Configuration'),
};
