import { configValue } from '../config/edit.ts';
import type { Redact } from '../lib/redact.ts';
import { hiding } from './config-secrets.ts';

/** The text of a configuration without its secrets, for someone else to read. */
export function shownConfig(text: string, redact: Redact): string {
  const value = configValue(text);
  // What cannot be read as YAML may hold secrets anywhere.
  if (value === undefined) return '# It is no YAML that can be read, so it is not shown here.';
  const hide = hiding([value], redact);
  return text.split('\n').map(hide).join('\n');
}
