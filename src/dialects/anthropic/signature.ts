import type { Extras } from '../../chat/chat.ts';
import { isObject, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

const packed = 'purser:';

/**
 * The signature of a thinking block. Anthropic's clients send it back untouched, so what another dialect must get back
 * with its reasoning (encrypted content, thought signatures) travels in it too. Empty when there is nothing to carry.
 */
export function writeSignature(extras: Extras | undefined): string {
  if (!extras) return '';
  return stringIn(extras.anthropic?.signature) ?? packed + Buffer.from(JSON.stringify(extras)).toString('base64url');
}

/** What a signature that comes back holds: Anthropic's own, or another dialect's extras. */
export function readSignature(signature: string | undefined): Extras | undefined {
  if (!signature) return undefined;
  if (!signature.startsWith(packed)) return { anthropic: { signature } };
  const extras = parseJson(Buffer.from(signature.slice(packed.length), 'base64url').toString());
  if (!isObject(extras)) return undefined;
  const known = Object.entries(extras).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return Object.fromEntries(known);
}
