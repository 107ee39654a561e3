import { invalid } from '../chat/failure.ts';
import { isArray, isObject, type Json } from '../lib/json.ts';
import { redactor, type Redact } from '../lib/redact.ts';

const reference = 'os.environ/';

/** The variable that a value of the file names; undefined for a value that stands there itself. */
export const variableOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.startsWith(reference) ? value.slice(reference.length) : undefined;

export const referenceTo = (variable: string): string => `${reference}${variable}`;

/** Names under which secrets stand. */
const secretName = /key$|secret|token$|password|authorization|database_url|credentials|^aws_/i;
/** Sections whose values may all be secrets, whatever their names. */
const secretSections: ReadonlySet<string> = new Set(['environment_variables', 'headers', 'extra_headers']);

/** Hides what stands in these files as a secret, for showing lines of them. */
export function hiding(values: readonly (Json | undefined)[], redact: Redact): Redact {
  const hidden = redactor(values.flatMap((value) => secretsIn(value, false)));
  return (line) => redact(hidden(line).replace(commentedSecret, '$1...'));
}

/** Lines that are commented out are no values, and may hold keys all the same. */
const commentedSecret =
  /((?:api_key|master_key|secret\w*|token|password|database_url)["']?\s*:\s*)(?!["']?os\.environ\/)["']?[^\s"'#][^\s#]*/gi;

function secretsIn(value: Json | undefined, isSecret: boolean): readonly string[] {
  if (typeof value === 'string') return isSecret && variableOf(value) === undefined ? [value] : [];
  if (isArray(value)) return value.flatMap((one) => secretsIn(one, isSecret));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    secretsIn(one, isSecret || secretSections.has(name) || (typeof one === 'string' && secretName.test(name))),
  );
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** The variable that was typed, with or without `os.environ/`. Throws, and repeats nothing of it, for what looks like a key. */
export function variableTyped(typed: string, redact: Redact): string {
  const name = typed.trim().startsWith(reference) ? typed.trim().slice(reference.length) : typed.trim();
  const isMixed = /[a-z]/.test(name) && /[A-Z0-9]/.test(name) && name.length > 20;
  if (variableName.test(name) && !isMixed && redact(name) === name) return name;
  throw invalid(
    'key must be the name of a variable, such as OPENAI_API_KEY: keys never stand in the file. Add the key itself with ' +
      '"Purser: Add Provider Key" in the editor, or put it into the environment or the .env beside the file.',
    'key',
  );
}

/** Throws for a text with a key or a password in it: the file is no place for either. */
export function checkForSecrets(value: Json | undefined, redact: Redact, place: string): void {
  if (isArray(value)) for (const one of value) checkForSecrets(one, redact, place);
  else if (isObject(value))
    for (const [name, one] of Object.entries(value)) checkForSecrets(one, redact, `${place}.${name}`);
  else if (typeof value === 'string' && redact(value) !== value)
    throw invalid(
      `${place} holds what looks like a key or a password, which never stand in the file. Name a variable under key instead.`,
      place,
    );
}
