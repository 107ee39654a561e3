/** How a value from outside must look: gives a copy that holds what is known and nothing else, or throws a ShapeError. */
export type Shape<T> = (value: unknown, place: string) => T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** A value does not look as it must; the message names the place. */
export class ShapeError extends Error {}

/** The value as `shape` describes it; `name` is what messages call it. */
export const shaped = <T>(shape: Shape<T>, value: unknown, name: string): T => shape(value, name);

export const text: Shape<string> = (value, place) =>
  typeof value === 'string' ? value : wrong(place, 'must be a text');

export const number: Shape<number> = (value, place) =>
  typeof value === 'number' && Number.isFinite(value) ? value : wrong(place, 'must be a number');

export const flag: Shape<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : wrong(place, 'must be true or false');

/** A text that is not longer than anything a person or a program of ours would send. */
export const shortText: Shape<string> = (value, place) => {
  const read = text(value, place);
  return read.length <= 500 ? read : wrong(place, 'is too long');
};

export const oneOf =
  <const T extends readonly string[]>(names: T): Shape<T[number]> =>
  (value, place) =>
    names.find((name) => name === value) ?? wrong(place, `must be one of ${names.join(', ')}`);

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, place) =>
    value === null ? null : shape(value, place);

/** A member that may be left out. */
export const maybe =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, place) =>
    value === undefined ? undefined : shape(value, place);

export const list =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, place) =>
    Array.isArray(value)
      ? value.map((one: unknown, index) => shape(one, `${place}[${index}]`))
      : wrong(place, 'must be a list');

/** An object whose members' names are data. */
export const record =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, place) =>
    Object.fromEntries(entriesOf(value, place).map(([name, one]) => [name, shape(one, `${place}.${name}`)]));

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Optional<F extends Fields> = { [K in keyof F]: undefined extends Shaped<F[K]> ? K : never }[keyof F];
type Members<F extends Fields> = { readonly [K in Exclude<keyof F, Optional<F>>]: Shaped<F[K]> } & {
  readonly [K in Optional<F>]?: Exclude<Shaped<F[K]>, undefined>;
};

/** An object with these members. Others are dropped: what nobody named goes nowhere. */
export const object =
  <F extends Fields>(fields: F): Shape<Members<F>> =>
  (value, place) => {
    const given = Object.fromEntries(entriesOf(value, place));
    const read = Object.entries(fields).map(([name, shape]): [string, unknown] => [
      name,
      shape(Object.hasOwn(given, name) ? given[name] : undefined, `${place}.${name}`),
    ]);
    return Object.fromEntries(read.filter(([, one]) => one !== undefined)) as Members<F>;
  };

/** An object with these members and no other. */
export const strictObject = <F extends Fields>(fields: F): Shape<Members<F>> => {
  const read = object(fields);
  return (value, place) => {
    const unknown = entriesOf(value, place).find(([name]) => !Object.hasOwn(fields, name));
    return unknown === undefined ? read(value, place) : wrong(`${place}.${unknown[0].slice(0, 50)}`, 'is not known');
  };
};

function entriesOf(value: unknown, place: string): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : wrong(place, 'must be an object');
}

function wrong(place: string, what: string): never {
  throw new ShapeError(`${place} ${what}.`);
}
