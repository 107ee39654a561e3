import type { Failure } from '../chat/failure.ts';

/** Which names stand in for a name, in the order in which they are tried; `*` for any. */
export type Lists = Readonly<Record<string, readonly string[]>>;

export interface FallbackRules {
  readonly ordinary: Lists;
  readonly contextWindow: Lists;
  readonly contentPolicy: Lists;
  readonly budget: Lists;
}

/** Why another model is asked. */
export type FallbackReason = 'fallback' | 'context-window' | 'content-policy' | 'budget';

/** Which list is for this failure; undefined: none, since the request itself is at fault. */
export function reasonAfter({ kind, retry }: Failure): FallbackReason | undefined {
  if (kind === 'context-length') return 'context-window';
  if (kind === 'content-policy') return 'content-policy';
  if (kind === 'budget-exceeded') return 'budget';
  return retry === 'never' ? undefined : 'fallback';
}

const listOf: Record<FallbackReason, keyof FallbackRules> = {
  fallback: 'ordinary',
  'context-window': 'contextWindow',
  'content-policy': 'contentPolicy',
  budget: 'budget',
};

/** The models that stand in for one, known by several names, in this case. */
export function standIns(rules: FallbackRules, reason: FallbackReason, names: readonly string[]): readonly string[] {
  const lists = rules[listOf[reason]];
  const name = [...names, '*'].find((one) => Object.hasOwn(lists, one));
  return name === undefined ? [] : (lists[name] ?? []);
}
