import type { KeyRow, ProjectRow } from '../src/admin/contract.ts';
import { t } from './l10n.ts';

/** The terms of a key or project as a form holds them: texts, as they are typed. */
export interface TermsForm {
  readonly name: string;
  readonly windows: readonly WindowForm[];
  readonly soft: string;
  readonly models: string;
  readonly rpm: string;
  readonly tpm: string;
  readonly parallel: string;
  /** Of keys. */
  readonly project: string;
  readonly aliases: string;
  readonly expires: string;
  /** For how many days prompts and answers are kept. */
  readonly keep: string;
  /** Of projects. */
  readonly folders: string;
  readonly remotes: string;
}

export interface WindowForm {
  readonly amount: string;
  readonly duration: string;
}

export const durations = [
  ['1h', t('an hour')],
  ['1d', t('a day')],
  ['7d', t('a week')],
  ['1mo', t('a month')],
  ['', t('in all')],
] as const;

const blank: TermsForm = {
  ...{ name: '', windows: [{ amount: '', duration: '1mo' }], soft: '', models: '', rpm: '', tpm: '', parallel: '' },
  ...{ project: '', aliases: '', expires: '', keep: '', folders: '', remotes: '' },
};

type Subject = KeyRow | ProjectRow;

const shown = (value: number | null): string => (value === null ? '' : String(value));

export function formOf(subject: Subject | undefined): TermsForm {
  if (subject === undefined) return blank;
  const first = { amount: shown(subject.max_budget), duration: subject.budget_duration ?? '' };
  const more = subject.budget_limits.map(({ max_budget, budget_duration }) => ({
    amount: String(max_budget),
    duration: budget_duration ?? '',
  }));
  const windows = subject.max_budget === null && more.length > 0 ? more : [first, ...more];
  const common = {
    ...{ windows: subject.max_budget === null && more.length === 0 ? blank.windows : windows },
    ...{ soft: shown(subject.soft_budget), models: subject.models.join(', '), rpm: shown(subject.rpm_limit) },
    ...{ tpm: shown(subject.tpm_limit), parallel: shown(subject.max_parallel_requests) },
  };
  if ('token' in subject)
    return {
      ...{
        ...blank,
        ...common,
        name: subject.key_alias ?? '',
        project: subject.team_id ?? '',
        keep: shown(subject.keep_bodies),
      },
      aliases: Object.entries(subject.aliases)
        .map(([name, model]) => `${name}=${model}`)
        .join(', '),
    };
  return {
    ...{ ...blank, ...common, name: subject.team_alias ?? '' },
    ...{ folders: subject.folders.join('\n'), remotes: subject.git_remotes.join('\n') },
  };
}

export type Faults = Readonly<Partial<Record<string, string>>>;

/** What is wrong with a form, by field. */
export function faultsIn(form: TermsForm, isNewKey: boolean): Faults {
  const faults: Record<string, string> = {};
  form.windows.forEach(({ amount, duration }, index) => {
    if (amount !== '' && !isAmount(amount)) faults[`window${index}`] = t('An amount in dollars, such as 10 or 2.50.');
    if (index > 0 && amount !== '' && duration === '') faults[`window${index}`] = t('Only the first may hold in all.');
  });
  if (form.soft !== '' && !isAmount(form.soft)) faults['soft'] = t('An amount in dollars, such as 10 or 2.50.');
  for (const name of ['rpm', 'tpm', 'parallel'] as const)
    if (form[name] !== '' && !/^\d{1,9}$/.test(form[name])) faults[name] = t('A whole number.');
  if (form.expires !== '' && !/^[1-9]\d*(s|m|h|d|w|mo)$/.test(form.expires))
    faults['expires'] = t('Such as 12h, 30d or 6mo.');
  if (form.keep !== '' && !/^[1-9]\d{0,3}$/.test(form.keep)) faults['keep'] = t('A whole number of days.');
  if (pairs(form.aliases) === undefined) faults['aliases'] = t('Such as fast=gpt-5-mini, smart=claude-opus-4-5.');
  if (isNewKey && form.name.trim() === '') faults['name'] = t('A name tells the keys apart.');
  return faults;
}

export const isAmount = (text: string): boolean => /^\d{1,9}(\.\d{1,9})?$/.test(text);

const listOf = (text: string, separator: RegExp): readonly string[] =>
  text
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== '');

function pairs(text: string): Readonly<Record<string, string>> | undefined {
  const entries = listOf(text, /[,\n]/).map((one) => one.split('=').map((part) => part.trim()));
  const isWhole = entries.every((entry) => entry.length === 2 && entry.every((part) => part !== ''));
  return isWhole ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}

const numberOrNull = (text: string): number | null => (text === '' ? null : Number(text));

/** What a form says, as the gateway takes it: every field that it has, null where nothing is typed. */
export function settingsOf(form: TermsForm) {
  const [first, ...rest] = form.windows.filter(({ amount }) => amount !== '');
  return {
    models: listOf(form.models, /[,\n]/),
    max_budget: numberOrNull(first?.amount ?? ''),
    budget_duration: first === undefined || first.duration === '' ? null : first.duration,
    budget_limits: rest.map(({ amount, duration }) => ({ max_budget: Number(amount), budget_duration: duration })),
    soft_budget: numberOrNull(form.soft),
    rpm_limit: numberOrNull(form.rpm),
    tpm_limit: numberOrNull(form.tpm),
    max_parallel_requests: numberOrNull(form.parallel),
  };
}

export const keySettingsOf = (form: TermsForm) => ({
  ...settingsOf(form),
  key_alias: form.name.trim() === '' ? null : form.name.trim(),
  team_id: form.project === '' ? null : form.project,
  aliases: pairs(form.aliases) ?? {},
  ...(form.expires !== '' && { duration: form.expires }),
  keep_bodies: numberOrNull(form.keep),
});

export const projectSettingsOf = (form: TermsForm) => ({
  ...settingsOf(form),
  team_alias: form.name.trim() === '' ? null : form.name.trim(),
  folders: listOf(form.folders, /\n/),
  git_remotes: listOf(form.remotes, /\n/),
});
