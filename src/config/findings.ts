import type { Finding, Help } from './config.ts';
import type { Path, Source } from './source.ts';

/** Collects mistakes and remarks while a configuration is read. */
export interface Report {
  /** A mistake at the value of `path`, or at its parent where there is none. */
  error(source: Source, path: Path, message: string, help?: Help): void;
  /** A mistake at the key of `path`. */
  errorAtKey(source: Source, path: Path, message: string, help?: Help): void;
  warn(source: Source, path: Path, message: string, help?: Help): void;
  warnAtKey(source: Source, path: Path, message: string): void;
  add(severity: Severity, finding: Finding): void;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}
export type Severity = 'error' | 'warning';

export function newReport(): Report {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const found = ({ file }: Source, place: Place, message: string, help?: Help): Finding => ({
    ...{ file, ...place, message },
    ...(help && { help }),
  });
  return {
    error: (source, path, message, help) => errors.push(found(source, source.placeOf(path), message, help)),
    errorAtKey: (source, path, message, help) => errors.push(found(source, source.placeOfKey(path), message, help)),
    warn: (source, path, message, help) => warnings.push(found(source, source.placeOf(path), message, help)),
    warnAtKey: (source, path, message) => warnings.push(found(source, source.placeOfKey(path), message)),
    add: (severity, finding) => (severity === 'error' ? errors : warnings).push(finding),
    errors,
    warnings,
  };
}

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** `config.yaml:12:7: litellm_params.model is missing; expected ...`, which editors and terminals make a link of. */
export const formatFinding = ({ file, line, column, message }: Finding): string =>
  `${file}:${line}:${column}: ${message}`;

/** In the order of the text, file by file. */
export function inOrderOfText(findings: readonly Finding[]): readonly Finding[] {
  const files = [...new Set(findings.map(({ file }) => file))];
  return [...findings].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
