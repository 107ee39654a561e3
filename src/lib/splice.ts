import type { JsonObject } from './json.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** Where a member of an object stands, in bytes. */
export interface Member {
  readonly key: string;
  /** Where the key's opening quote stands. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/**
 * The bytes of a JSON object with some top-level members replaced, added or removed: those in which `after` differs from
 * `before` (the parsed `raw`) by identity. All other bytes stay as they came, so numbers, escapes and order survive,
 * and a large body is neither built nor serialised again. A member that stands twice is changed in both places.
 */
export function spliceObject(raw: Buffer, before: JsonObject, after: JsonObject): Buffer {
  const changed = new Set(Object.keys(after).filter((key) => has(after, key) && after[key] !== before[key]));
  const removed = Object.keys(before).some((key) => !has(after, key));
  if (!removed && changed.size === 0) return raw;

  const open = raw.indexOf(openBrace);
  const members = [...membersOf(raw, open)];
  const added = [...changed].filter((key) => !has(before, key));
  const pieces = [raw.subarray(0, open + 1), Buffer.from(added.map((key) => written(key, after)).join(','))];
  let previous: Member | undefined; // the last one kept
  let neighbour = open + 1; // where the last member ends, kept or not
  for (const member of members) {
    if (has(after, member.key)) {
      if (previous?.valueTo === neighbour || (added.length === 0 && neighbour === open + 1)) {
        pieces.push(raw.subarray(neighbour, member.from)); // what stood between two that both stay
      } else if (previous !== undefined || added.length > 0) pieces.push(commaBytes);
      const isChanged = changed.has(member.key);
      pieces.push(raw.subarray(member.from, isChanged ? member.valueFrom : member.valueTo));
      if (isChanged) pieces.push(Buffer.from(JSON.stringify(after[member.key])));
      previous = member;
    }
    neighbour = member.valueTo;
  }
  pieces.push(raw.subarray(neighbour));
  return Buffer.concat(pieces);
}

const commaBytes = Buffer.from(',');
const has = (object: JsonObject, key: string): boolean => Object.hasOwn(object, key) && object[key] !== undefined;
const written = (key: string, object: JsonObject): string => `${JSON.stringify(key)}:${JSON.stringify(object[key])}`;

/** The members of the object that opens at `open`. Of what is no valid JSON, what it gives is of no use, but it comes to an end. */
export function* membersOf(raw: Buffer, open: number): Generator<Member> {
  let at = skipSpaceAndComma(raw, open + 1);
  while (raw[at] === quote) {
    const from = at;
    at = afterString(raw, at);
    const key = JSON.parse(raw.toString('utf8', from, at)) as string;
    while (raw[at] !== colon && at < raw.length) at++;
    const valueFrom = skipSpaceAndComma(raw, at + 1);
    at = afterValue(raw, valueFrom);
    yield { key, from, valueFrom, valueTo: at };
    at = skipSpaceAndComma(raw, at);
  }
}

function skipSpaceAndComma(raw: Buffer, from: number): number {
  let at = from;
  for (
    let byte = raw[at];
    byte === comma || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    byte = raw[at]
  )
    at++;
  return at;
}

function afterString(raw: Buffer, from: number): number {
  let at = from + 1;
  for (let byte = raw[at]; byte !== quote && at < raw.length; byte = raw[at]) at += byte === backslash ? 2 : 1;
  return at + 1;
}

function afterValue(raw: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < raw.length;) {
    const byte = raw[at];
    if (byte === quote) at = afterString(raw, at);
    else if (depth === 0 && (byte === comma || byte === closeBrace)) return at;
    else {
      if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) depth--;
      at++;
    }
    if (depth === 0 && (byte === quote || byte === closeBrace || byte === closeBracket)) return at;
  }
  return raw.length;
}
