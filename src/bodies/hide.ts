import { setImmediate as breath } from 'node:timers/promises';
import { isArray, type Json } from '../lib/json.ts';
import type { Redact } from '../lib/redact.ts';

/** A value without its secrets, and whether something was left out because it was too long. */
export interface Hidden {
  readonly json: Json;
  readonly isCut: boolean;
}

/** How much is kept, characters: of what is read as text, and of pictures and other files besides. */
export interface HidingLimits {
  readonly text: number;
  readonly files: number;
}

/** Hides the secrets in a JSON value, a little at a time: whatever else the process does must not wait for a long prompt. */
export async function hidden(value: Json, redact: Redact, limits: HidingLimits): Promise<Hidden> {
  const left: Left = { ...limits, unseen: 0, isCut: false };
  const steps = hiding(value, redact, left);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { json: step.value, isCut: left.isCut };
    await breath();
  }
}

interface Left {
  text: number;
  files: number;
  /** Characters since the last pause. */
  unseen: number;
  isCut: boolean;
}

/** Characters between two pauses: about a millisecond. */
const atOnce = 64 * 1024;

function* hiding(value: Json, redact: Redact, left: Left): Generator<undefined, Json> {
  if (left.unseen > atOnce) {
    left.unseen = 0;
    yield;
  }
  if (typeof value === 'string') return isFile(value) ? fileWithin(value, left) : textWithin(value, redact, left);
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      if (isSpent(left)) break;
      items.push(yield* hiding(item, redact, left));
    }
    return items;
  }
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (isSpent(left)) break;
    if (member !== undefined) members.push([textWithin(name, redact, left), yield* hiding(member, redact, left)]);
  }
  return Object.fromEntries(members);
}

function isSpent(left: Left): boolean {
  left.isCut ||= left.text <= 0;
  return left.text <= 0;
}

/** Longer than any secret: what stands so near to a cut may be the half of one. */
const margin = 8_192;

function textWithin(text: string, redact: Redact, left: Left): string {
  const seen = text.slice(0, left.text + margin);
  const safe = redact(seen);
  left.unseen += seen.length;
  const sure = seen.length < text.length ? Math.max(0, safe.length - margin) : safe.length;
  const kept = safe.slice(0, Math.max(0, Math.min(left.text, sure)));
  left.isCut ||= kept.length < safe.length || seen.length < text.length;
  left.text -= kept.length + overhead;
  return kept;
}

/** Many small values weigh something too. */
const overhead = 4;

/** A picture or another file in base64. The shapes of secrets mean nothing in there, and hiding what looks like one would break it. */
const isFile = (text: string): boolean =>
  text.length >= shortestFile && /^(?:data:[\w./+;=-]{1,100},)?[A-Za-z0-9+/]+={0,2}$/.test(text);

const shortestFile = 512;

/** Half a file is none. */
function fileWithin(text: string, left: Left): string {
  if (text.length <= left.files) {
    left.files -= text.length;
    return text;
  }
  left.isCut = true;
  return '';
}
