import { isObject, parseJson } from '../lib/json.ts';
import { lineReader, recordIn } from './journal-line.ts';
import type { CloseRecord, FollowedRecord, JournalRecord, OpenRecord } from './records.ts';

/** An open call's record, which nobody has looked into: most are closed some lines on. */
export interface Opened {
  readonly type: 'opened';
  readonly call: string;
  readonly json: string;
}

/** A record of which nobody looks at more than that it is there. */
export interface PassedOver {
  readonly type: 'passed-over';
}

/** What a start needs of a line. Those of calls, nearly all, are looked through for it; reading them whole takes thrice as long. */
export const readBriefly = lineReader<FollowedRecord | Opened>(
  (json) => openedIn(json) ?? closedIn(json) ?? recordIn(json),
);

/** What the reports need of a line: what is open has no row yet. */
export const readForReports = lineReader<JournalRecord | PassedOver>((json) =>
  startsWith(json, openStart) ? passedOver : recordIn(json),
);

const passedOver: PassedOver = { type: 'passed-over' };

/** The record of an open call, whole. */
export function openIn({ json }: Opened): OpenRecord | undefined {
  const record = parseJson(Buffer.from(json, 'latin1').toString());
  return isObject(record) ? (record as unknown as OpenRecord) : undefined;
}

const openStart = Buffer.from('{"type":"open","call":"');
const closeStart = Buffer.from('{"type":"close","call":"');

function startsWith(json: Buffer, start: Buffer): boolean {
  for (let place = 0; place < start.length; place += 1) if (json[place] !== start[place]) return false;
  return true;
}

function openedIn(json: Buffer): Opened | undefined {
  if (!startsWith(json, openStart)) return undefined;
  const text = json.toString('latin1');
  const call = callIn(text, openStart.length);
  return call === undefined ? undefined : { type: 'opened', call, json: text };
}

/** Undefined where the id has something that JSON writes otherwise. */
function callIn(text: string, from: number): string | undefined {
  const call = text.slice(from, text.indexOf('"', from));
  return plain.test(call) ? call : undefined;
}

const plain = /^[\w:.-]*$/;

/**
 * What counts of a row, where its members stand in the order in which they are written and its attempts cost nothing of
 * their own; else undefined. In JSON `,"name":` is nowhere but before a member: within a text the quotes are escaped.
 */
function closedIn(
  json: Buffer,
): Pick<CloseRecord, 'type' | 'call' | 'at' | 'scopes' | 'cost' | 'attempts'> | undefined {
  if (!startsWith(json, closeStart)) return undefined;
  const text = json.toString('latin1');
  const call = callIn(text, closeStart.length);
  if (call === undefined) return undefined;
  const afterCall = closeStart.length + call.length + 1;
  const scopesAt = text.indexOf(scopesName, afterCall) + scopesName.length;
  const costAt = text.indexOf(costName, scopesAt) + costName.length;
  const attemptsAt = text.indexOf(attemptsName, costAt);
  const isAsWritten =
    text.startsWith(atName, afterCall) &&
    scopesAt > scopesName.length &&
    costAt > scopesAt &&
    attemptsAt > costAt &&
    text.lastIndexOf(costName, attemptsAt) + costName.length === costAt &&
    text.indexOf('"cost":', attemptsAt) < 0;
  if (!isAsWritten) return undefined;
  const at = wholeNumberIn(text, afterCall + atName.length);
  const cost = wholeNumberIn(text, costAt);
  const scopes = scopesIn(text.slice(scopesAt, text.indexOf(']', scopesAt) + 1));
  if (at === undefined || cost === undefined || scopes === undefined) return undefined;
  return { type: 'close', call, at, scopes, cost: cost as CloseRecord['cost'], attempts: [] };
}

const atName = ',"at":';
const scopesName = ',"scopes":';
const costName = ',"cost":';
const attemptsName = ',"attempts":[';

/** Up to the comma after it; null and all else that is not one is left to JSON. */
function wholeNumberIn(text: string, from: number): number | undefined {
  let value = 0;
  let place = from;
  for (let code = text.charCodeAt(place); code !== 0x2c; code = text.charCodeAt(place)) {
    if (!(code >= 0x30 && code <= 0x39)) return undefined;
    value = value * 10 + code - 0x30;
    place += 1;
  }
  return place > from && Number.isSafeInteger(value) ? value : undefined;
}

const knownScopes = new Map<string, readonly string[]>();
const remembered = 5_000;

/** The same list for the same text: those who follow remember things by it. */
function scopesIn(text: string): readonly string[] | undefined {
  const known = knownScopes.get(text);
  if (known !== undefined) return known;
  if (!/^\[("[\x20\x21\x23-\x5b\x5d-\x7e]*",?)*\]$/.test(text)) return undefined;
  if (knownScopes.size >= remembered) knownScopes.clear();
  const scopes = parseJson(text) as readonly string[] | undefined;
  if (scopes !== undefined) knownScopes.set(text, scopes);
  return scopes;
}
