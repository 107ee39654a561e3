import { redactor } from '../lib/redact.ts';
import { spots, type Spot } from './cursor.ts';
import { variableIn } from './reading.ts';
import type { Path } from './source.ts';

/** A secret that stands in the text itself. */
export interface PlainSecret {
  readonly path: Path;
  /** Offsets of the value with its quotes. */
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

/** The secrets in a text, which may be broken elsewhere: what stands under a secret's name and could be one, and what looks like one anywhere. */
export const plainSecrets = (text: string): readonly PlainSecret[] => secretsAmong(spots(text));

export const secretsAmong = (all: readonly Spot[]): readonly PlainSecret[] =>
  all.flatMap(({ kind, path, from, to, value }) =>
    kind === 'value' && typeof value === 'string' && variableIn(value) === undefined && isSecret(path, value)
      ? [{ path, from, to, value }]
      : [],
  );

const looksLikeOne = redactor([]);

function isSecret(path: Path, value: string): boolean {
  const name = String(path.findLast((step) => typeof step === 'string'));
  // Words such as "not-needed" stand for no key at a local server.
  const mayBeOne = value.length >= 12 && /\d/.test(value) && !/\s/.test(value);
  return (secretNames.test(name) && mayBeOne) || looksLikeOne(value) !== value;
}

const secretNames =
  /(^|_)(api_?key|master_key|access_key(_id)?|secret(_access_key)?|session_token|password|token)$|^(x-)?api-key$|^authorization$/i;
