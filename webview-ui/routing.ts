import type { RoutingValues } from '../src/admin/contract.ts';
import { t } from './l10n.ts';

const lists = ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks', 'budget_fallbacks'] as const;
const several = [...lists, 'model_group_alias'] as const;

/** As it is typed: a line for each name, `gpt-4o -> claude, gemini`. */
export type RoutingForm = Readonly<Record<(typeof several)[number] | 'strategy' | 'default_fallbacks', string>>;

const arrow = '->';

export const formOfRouting = (routing: RoutingValues): RoutingForm => ({
  strategy: routing.routing_strategy ?? '',
  default_fallbacks: (routing.default_fallbacks ?? []).join(', '),
  fallbacks: linesOf(routing.fallbacks),
  context_window_fallbacks: linesOf(routing.context_window_fallbacks),
  content_policy_fallbacks: linesOf(routing.content_policy_fallbacks),
  budget_fallbacks: linesOf(routing.budget_fallbacks),
  model_group_alias: linesOf(routing.model_group_alias),
});

const linesOf = (record: Readonly<Record<string, string | readonly string[]>> = {}): string =>
  Object.entries(record)
    .map(([name, names]) => `${name} ${arrow} ${typeof names === 'string' ? names : names.join(', ')}`)
    .join('\n');

/** What is wrong, by field. */
export function routingFaults(form: RoutingForm): Partial<RoutingForm> {
  const wrong = several.flatMap((name) => {
    const bad = linesIn(form[name]).find(([from, to]) => from === '' || to.length === 0 || isTwo(name, to));
    return bad === undefined
      ? []
      : [[name, t('Each line needs a name, an arrow and what it leads to: gpt-4o -> claude')]];
  });
  return Object.fromEntries(wrong) as Partial<RoutingForm>;
}

const isTwo = (name: string, to: readonly string[]): boolean => name === 'model_group_alias' && to.length > 1;

type Line = readonly [from: string, to: readonly string[]];

const linesIn = (text: string): readonly Line[] =>
  text.split('\n').flatMap((line): readonly Line[] => {
    if (line.trim() === '') return [];
    const at = line.indexOf(arrow);
    return at < 0 ? [['', []]] : [[line.slice(0, at).trim(), namesIn(line.slice(at + arrow.length))]];
  });

const namesIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** What was changed, as the file has it. */
export function changedRouting(first: RoutingForm, form: RoutingForm): RoutingValues {
  const isChanged = (name: keyof RoutingForm): boolean => form[name] !== first[name];
  const record = (name: (typeof several)[number]) => Object.fromEntries(linesIn(form[name]));
  return {
    ...(isChanged('strategy') && { routing_strategy: form.strategy === '' ? null : form.strategy }),
    ...(isChanged('default_fallbacks') && { default_fallbacks: namesIn(form.default_fallbacks) }),
    ...(isChanged('model_group_alias') && {
      model_group_alias: Object.fromEntries(linesIn(form.model_group_alias).map(([from, [to = '']]) => [from, to])),
    }),
    ...Object.fromEntries(lists.filter(isChanged).map((name) => [name, record(name)])),
  };
}
