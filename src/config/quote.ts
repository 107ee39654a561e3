import type { Json } from '../lib/json.ts';
import { isArray, isObject } from '../lib/json.ts';
import type { Path } from './source.ts';

/** `litellm_params.rpm`: a path as people write it. Entries of model_list are left to line and column. */
export function pathText(path: Path): string {
  const [first, second, ...rest] = path;
  if (first === 'model_list' && typeof second === 'number') {
    return rest.length === 0 ? `entry ${second + 1} of model_list` : joined(rest);
  }
  return path.length === 0 ? 'the file' : joined(path);
}

const joined = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${printable(step) ? step : '...'}`))
    .join('')
    .replace(/^\./, '');

/** What stands at `path`, quoted only where it can be no secret. */
export function found(value: Json | undefined, path: Path): string {
  if (value === undefined || value === null) return 'empty';
  if (isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isObject(value)) return 'a mapping';
  if (path.some((step) => typeof step === 'string' && secretName.test(step))) return `a ${kinds[typeof value]}`;
  if (typeof value !== 'string') return String(value);
  return value === '' ? 'empty' : quoted(value);
}

/** A text in quotes; one that could be a secret is only called a text. */
export const quoted = (text: string): string => (printable(text) ? `"${text}"` : 'a text');

const kinds: Record<string, string> = { string: 'text', number: 'number', boolean: 'boolean' };

/** Names under which secrets and addresses with credentials stand. */
const secretName = /key|secret|(?<!per_)token$|passw|credential|auth|header|url|api_base|environment_variables/i;

/** Short, on one line, without credentials in an address, and without a run of characters that a key could be. */
export const printable = (text: string): boolean =>
  text.length <= 80 &&
  /^[\x20-\x7e]+$/.test(text) &&
  !/:\/\/|@/.test(text) &&
  !keyStart.test(text) &&
  !hasRandomRun(text);

const keyStart =
  /(^|[^a-z])(sk|pk|rk|gsk|pplx|xai|hf|ghp|gho|github_pat|glpat|nvapi|csk|fw|r8)[-_]|AIza|AKIA|eyJ|Bearer|Basic /i;

/** Between hyphens and the like, model ids have words and dates; keys have long runs of letters mixed with digits. */
const hasRandomRun = (text: string): boolean =>
  text.split(/[^A-Za-z0-9]+/).some((run) => run.length > 8 && /\d/.test(run) && /[A-Za-z]/.test(run));
