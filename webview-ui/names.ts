import type { Grouping, KeyRow, ProjectRow } from '../src/admin/contract.ts';

/** What people call what reports know by an id. */
export interface Names {
  readonly key: (id: string) => string;
  readonly project: (id: string) => string;
}

export function namesOf(keys: readonly KeyRow[], projects: readonly ProjectRow[]): Names {
  const keyNames = new Map(keys.map((key) => [key.token, key.key_alias ?? key.key_name]));
  const projectNames = new Map(projects.map(({ team_id: id, team_alias: alias }) => [id, alias ?? id]));
  return {
    key: (id) => (id === 'admin' ? 'Admin key' : (keyNames.get(id) ?? shortened(id))),
    project: (id) => projectNames.get(id) ?? id,
  };
}

const shortened = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? `key ${id.slice(0, 8)}…` : id);

/** What stands for the calls that have none. */
export const nameless: Readonly<Record<Grouping, string>> = {
  model: 'No model',
  project: 'No project',
  provider: 'No provider',
  key: 'No key',
  assistant: 'Other tools',
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
  ['model', 'Model'],
  ['project', 'Project'],
  ['provider', 'Provider'],
  ['key', 'Key'],
  ['assistant', 'Assistant'],
] as const;

/** How a cost is known, in a word and in a sentence. */
export const sources: Readonly<Record<string, readonly [title: string, meaning: string]>> = {
  reported: ['Reported', 'The provider itself named the cost.'],
  computed: ['Computed', "The provider's token counts times the price."],
  estimated: ['Estimated', 'The provider did not count, so tokens were counted here, or it is the most it can be.'],
  assumed: ['Assumed', 'No price is known, so the dearest of its family is counted until one is.'],
  unknown: ['Unknown', 'No price is known, and the configuration lets such calls pass.'],
};
