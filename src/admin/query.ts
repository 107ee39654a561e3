import { invalid } from '../chat/failure.ts';

interface Bounds {
  readonly param: string;
  /** Where the query does not say. */
  readonly otherwise: number;
  /** 1 unless said. */
  readonly least?: number;
  readonly most?: number;
}

/** A whole number in a query. Throws `invalid-request`, naming the parameter, for anything else. */
export function wholeNumber(text: string | undefined, { param, otherwise, least = 1, most }: Bounds): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= (most ?? Infinity)) return value;
  const range = most === undefined ? `of ${least} or more` : `from ${least} to ${most}`;
  throw invalid(`${param} must be a whole number ${range}.`, param);
}
