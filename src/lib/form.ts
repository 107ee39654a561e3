import type { Json, JsonObject } from './json.ts';

/** A form with files (RFC 7578), as it came, and where its parts stand in it. */
export interface Form {
  readonly contentType: string;
  readonly boundary: string;
  readonly parts: readonly FormPart[];
}

interface FormPart {
  readonly name: string;
  /** A text field's value; of a file, what is known of it without its bytes. */
  readonly value: Json;
  /** The whole part with its opening line, without the line break before the next one. */
  readonly from: number;
  readonly to: number;
}

/** The parts of a form; undefined for bytes that are none. */
export function readForm(raw: Buffer, contentType: string): Form | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  const line = Buffer.from(`--${boundary}`);
  const parts: FormPart[] = [];
  let from = raw.indexOf(line);
  if (from > 0 && !isAfterBreak(raw, from)) return undefined;
  while (from >= 0) {
    const head = from + line.length;
    if (raw.toString('latin1', head, head + 2) === '--') return { contentType, boundary, parts };
    const to = raw.indexOf(`\r\n--${boundary}`, head);
    const part = to < 0 ? undefined : readPart(raw, { from, head, to });
    if (part === undefined) return undefined;
    parts.push(part);
    from = to + 2;
  }
  return undefined;
}

const isAfterBreak = (raw: Buffer, at: number): boolean => raw[at - 2] === 0x0d && raw[at - 1] === 0x0a;

interface Place {
  readonly from: number;
  readonly head: number;
  readonly to: number;
}

function readPart(raw: Buffer, { from, head, to }: Place): FormPart | undefined {
  const end = raw.indexOf('\r\n\r\n', head);
  if (end < 0 || end > to) return undefined;
  const headers = raw.toString('utf8', head, end);
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(headers)?.[1];
  const name = disposition === undefined ? undefined : parameter(disposition, 'name');
  if (disposition === undefined || name === undefined) return undefined;
  const filename = parameter(disposition, 'filename');
  const content = raw.subarray(end + 4, to);
  const type = /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1] ?? 'application/octet-stream';
  const value = filename === undefined ? content.toString('utf8') : { filename, type, bytes: content.length };
  return { name, value, from, to };
}

function parameter(disposition: string, name: string): string | undefined {
  const [, quoted, plain] =
    new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(disposition) ?? [];
  return quoted ?? plain;
}

/** The form's fields by name; of one that stands there several times, all values. */
export function fieldsOf({ parts }: Form): JsonObject {
  const fields: Record<string, Json> = {};
  for (const { name, value } of parts) {
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (before === undefined) Object.defineProperty(fields, name, { value, enumerable: true, writable: true });
    else fields[name] = Array.isArray(before) ? [...(before as readonly Json[]), value] : [before, value];
  }
  return fields;
}

/**
 * The bytes of a form with some text fields replaced, added or removed: those in which `after` differs from `before` (its
 * fields) by identity. All other parts stay as they came.
 */
export function spliceForm(raw: Buffer, { boundary, parts }: Form, before: JsonObject, after: JsonObject): Buffer {
  const isKept = (name: string): boolean => after[name] !== undefined && after[name] === before[name];
  const changed = Object.keys(after).filter((name) => after[name] !== undefined && !isKept(name));
  const kept = parts.filter(({ name }) => isKept(name));
  if (changed.length === 0 && kept.length === parts.length) return raw;
  const written = changed.map((name) => Buffer.from(`--${boundary}\r\n${field(name, after[name])}\r\n`));
  return Buffer.concat([
    ...written,
    ...kept.flatMap(({ from, to }) => [raw.subarray(from, to), lineBreak]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

const lineBreak = Buffer.from('\r\n');

const field = (name: string, value: Json | undefined): string =>
  `Content-Disposition: form-data; name="${name.replace(/["\r\n]/g, '_')}"\r\n\r\n${typeof value === 'string' ? value : JSON.stringify(value)}`;
