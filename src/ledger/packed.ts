import type { Json } from '../lib/json.ts';

/** JSON in two halves: what many rows have in common, and the numbers that tell them apart. */
export interface Packed {
  /** The JSON, with a gap for each number. */
  readonly shape: string;
  /** The numbers in the order of the gaps. */
  readonly numbers: string;
}

const gap = '#';
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const stringOrGap = /"(?:[^"\\]|\\.)*"|#/g;

export function pack(value: Json): Packed {
  const numbers: string[] = [];
  const shape = JSON.stringify(value).replaceAll(stringOrNumber, (found) => {
    if (found.startsWith('"')) return found;
    numbers.push(found);
    return gap;
  });
  return { shape, numbers: numbers.join(',') };
}

/** The JSON again, as text. */
export function unpack({ shape, numbers }: Packed): string {
  const left = numbers.split(',').values();
  return shape.replaceAll(stringOrGap, (found) => (found === gap ? (left.next().value ?? 'null') : found));
}
