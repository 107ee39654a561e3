import type { Call } from './call.ts';
import type { Ports } from './ports.ts';

/** The prompt's tokens, counted here; a body that we cannot read (relayed, and the provider took it) is estimated by its size. */
export async function countInput(ports: Ports, call: Call): Promise<number> {
  try {
    return await ports.tokens.countRequest(call.client.readRequest(call.body));
  } catch {
    return Math.ceil(call.raw.length / 4);
  }
}

/** The tokens of what was answered, counted here. */
export async function countOutput(ports: Ports, text: string, model: string): Promise<number> {
  if (text === '') return 0;
  try {
    return await ports.tokens.countText(text, model);
  } catch (error) {
    ports.log.error('the token counter failed; an estimate by size is booked', error);
    return Math.ceil(text.length / 3);
  }
}

/** How many more tokens another vendor's tokenizer may make of a text than the one that counts here. */
const otherTokenizers = 1.5;

/** An upper bound of the prompt that is closer than one by its bytes, for holds near their limit. */
export async function closeInputBound(ports: Ports, call: Call): Promise<number> {
  return Math.ceil((await countInput(ports, call)) * otherTokenizers) + 64;
}
