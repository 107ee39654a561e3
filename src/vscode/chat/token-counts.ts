import { hash } from 'node:crypto';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Part } from '../../chat/chat.ts';
import { numberIn, objectIn } from '../../lib/json.ts';
import { lru } from '../../lib/lru.ts';
import { turnsOf, type EditorMessage } from './editor-turns.ts';

/** Counts tokens for the editor, which asks for every piece of a prompt while it is put together. */
export type CountTokens = (model: string, what: string | EditorMessage) => Promise<number>;

/**
 * The gateway's own count, by the thread that counts for budgets; no provider is asked, since a hundred questions a
 * prompt would be too many for it. Counts are remembered; without an answer it is an estimate by size.
 */
export function tokenCounts(access: () => Promise<GatewayAccess>): CountTokens {
  const known = lru<Promise<number>>({ count: 4_000, size: Infinity });
  const counted = async (model: string, text: string): Promise<number> => {
    const answer = await askGateway(await access(), '/utils/token_counter', { model, prompt: text });
    return numberIn(objectIn(answer)['total_tokens']) ?? estimateOf(text);
  };
  const ofText = (model: string, text: string): Promise<number> => {
    if (text === '') return Promise.resolve(0);
    const name = `${model} ${hash('sha256', text)}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const count = counted(model, text).catch(() => {
      known.delete(name);
      return estimateOf(text);
    });
    known.set(name, count, 0);
    return count;
  };
  return async (model, what) => {
    if (typeof what === 'string') return ofText(model, what);
    const leaves = turnsOf([what]).flatMap(({ parts }) => parts.flatMap(leavesOf));
    const counts = await Promise.all(
      leaves.map(async (leaf) => (typeof leaf === 'string' ? await ofText(model, leaf) : leaf)),
    );
    return counts.reduce((sum, count) => sum + count, aroundMessage);
  };
}

/** What a message costs beside its texts, as OpenAI's cookbook counts. */
const aroundMessage = 4;
/** Of a picture of usual size: Anthropic's pixels / 750, for the 1568 x 784 that it is scaled down to. */
const tokensOfPicture = 1_640;

const estimateOf = (text: string): number => Math.ceil(text.length / 4);

/** Texts that are to be counted, and numbers of tokens. */
function leavesOf(part: Part): readonly (string | number)[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return [part.text];
    case 'media':
      return [tokensOfPicture];
    case 'tool-call':
      return [part.name, part.input];
    case 'tool-result':
      return part.parts.flatMap(leavesOf);
  }
}
