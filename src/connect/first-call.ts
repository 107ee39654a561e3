import { objectsIn, objectIn, numberIn, stringIn, type JsonObject } from '../lib/json.ts';
import type { Assistant } from './assistant.ts';

/** A call that an assistant was heard with. */
export interface FirstCall {
  readonly model: string;
  /** Nano-dollars; undefined: not known. */
  readonly cost: number | undefined;
  /** Why it did not succeed. */
  readonly failure: string | undefined;
}

/**
 * The oldest call of an assistant among the rows of its key. A project's key is shared by several, so there calls that
 * another one made do not count; those of nobody that is known do.
 */
export function firstCallOf(
  answer: unknown,
  { agents }: Pick<Assistant, 'agents'>,
  isShared: boolean,
): FirstCall | undefined {
  const rows = objectsIn(objectIn(answer)['rows']).filter((row) => !isShared || isBy(row, agents));
  const first = rows.at(-1);
  if (first === undefined) return undefined;
  return { model: stringIn(first['model']) ?? '', cost: numberIn(first['cost']), failure: failureOf(first) };
}

const isBy = ({ assistant }: JsonObject, agents: readonly string[]): boolean =>
  typeof assistant !== 'string' || agents.includes(assistant);

const failureOf = ({ status, failure }: JsonObject): string | undefined =>
  status === 'failed' || status === 'timed-out' ? (stringIn(failure) ?? 'it failed') : undefined;
