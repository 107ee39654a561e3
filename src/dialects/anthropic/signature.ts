import type { Extras } from '../../chat/chat.ts';
import { stringIn } from '../../lib/json.ts';
import { isPacked, packExtras, unpackExtras } from '../packed-extras.ts';

/**
 * The signature of a thinking block. Anthropic's clients send it back untouched, so what another dialect must get back
 * with its reasoning (encrypted content, thought signatures) travels in it too. Empty when there is nothing to carry.
 */
export const writeSignature = (extras: Extras | undefined): string =>
  extras ? (stringIn(extras.anthropic?.signature) ?? packExtras(extras)) : '';

/** What a signature that comes back holds: Anthropic's own, or another dialect's extras. */
export function readSignature(signature: string | undefined): Extras | undefined {
  if (!signature) return undefined;
  return isPacked(signature) ? unpackExtras(signature) : { anthropic: { signature } };
}
