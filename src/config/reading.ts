import { isArray, isObject, type Json } from '../lib/json.ts';
import type { Help } from './config.ts';
import type { Environment } from './environment.ts';
import type { Report } from './findings.ts';
import { found, pathText, quoted } from './quote.ts';
import { checked, type Check } from './schema.ts';
import type { Path, Source } from './source.ts';

/** What the configuration needs to know of a provider. */
export interface ProviderFacts {
  /** Environment variables that hold the key, the usual one first. */
  readonly keyVariables: readonly string[];
  /** Whether only a configured `api_base` can tell its address. */
  readonly needsBase: boolean;
  /** A local server: needs no key. */
  readonly local?: boolean | undefined;
  /** Called with an AWS account's keys. */
  readonly aws?: boolean | undefined;
}

/** One file on its way to a configuration. */
export interface Reading {
  readonly source: Source;
  readonly environment: Environment;
  /** By prefix: `openai` in `openai/gpt-4o`. */
  readonly providers: Readonly<Record<string, ProviderFacts>>;
  readonly report: Report;
}

/** The value at `path` as the schema has it, its references resolved. Undefined when it is missing or wrong; what is wrong is reported. */
export function readAs<T>(reading: Reading, path: Path, schema: Check<T>): T | undefined {
  const raw = valueAt(reading.source.root, path);
  if (raw === undefined || raw === null) return undefined;
  return check(reading, path, resolved(reading, path, raw), schema);
}

/** The value as the schema has it, or undefined after its mistakes were reported. */
export function check<T>(reading: Reading, path: Path, value: Json | undefined, schema: Check<T>): T | undefined {
  const result = checked(schema, value);
  if ('value' in result) return result.value;
  for (const issue of result.issues) {
    const at = [...path, ...issue.path];
    mistake(reading, at, issue.expected);
  }
  return undefined;
}

/** Reports what stands at `path` and what was expected. */
export function mistake(reading: Reading, path: Path, expected: string, help?: Help): void {
  const message = `${pathText(path)} is ${describe(reading, path)}; expected ${expected}`;
  reading.report.error(reading.source, path, message, help);
}

export const remark = (reading: Reading, path: Path, message: string, help?: Help): void =>
  reading.report.warn(reading.source, path, message, help);

/** The value as it stands in the file. */
export function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (typeof step === 'number' ? isArray(value) : isObject(value)) value = (value as Record<string, Json>)[step];
    else return undefined;
  }
  return value;
}

const referenceStart = 'os.environ/';

/** The variable that a value refers to; only a whole text is a reference. */
export const variableIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.startsWith(referenceStart) ? value.slice(referenceStart.length) : undefined;

/** The value with references replaced at any depth. What is empty or not set is left out of mappings. */
export function resolved(reading: Reading, path: Path, value: Json): Json {
  if (isArray(value)) return value.map((item, index) => resolved(reading, [...path, index], item));
  if (!isObject(value)) return resolvedScalar(reading, path, value);
  const members = Object.entries(value).map(
    ([key, item]) => [key, resolved(reading, [...path, key], item ?? null)] as const,
  );
  return Object.fromEntries(members.filter(([, item]) => item !== null));
}

function resolvedScalar(reading: Reading, path: Path, value: Json): Json {
  if (typeof value !== 'string' || !value.includes(referenceStart)) return value;
  const name = variableIn(value);
  if (name === undefined) {
    remark(reading, path, `${pathText(path)} has ${referenceStart} inside a text; only a whole value is a reference`);
    return value;
  }
  const held = reading.environment(name);
  // The deployment tells of a missing key itself, after it has tried the provider's usual variable.
  if (held === undefined && path.at(-1) !== 'api_key') {
    remark(reading, path, `${pathText(path)} is left out: the variable ${quoted(name)} is not set`, { variable: name });
  }
  return held ?? null;
}

function describe(reading: Reading, path: Path): string {
  const raw = valueAt(reading.source.root, path);
  if (raw === undefined) return 'missing';
  const name = variableIn(raw);
  if (name === undefined) return found(raw, path);
  const state = reading.environment(name) === undefined ? 'which is not set' : 'whose value does not fit';
  return `the variable ${quoted(name)}, ${state}`;
}
