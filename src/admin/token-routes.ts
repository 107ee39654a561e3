import * as z from 'zod';
import { invalid } from '../chat/failure.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import type { Ports } from '../gateway/ports.ts';
import { checked } from './key-fields.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** LiteLLM's: how many tokens a text or a prompt has, counted here. Unlike a client format's own count, no provider is asked. */
export const tokenRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/utils/token_counter'], access: 'key', run: count },
];

const countFields = z.strictObject({
  model: z.string().min(1),
  prompt: z.string().nullish(),
  messages: z.array(z.unknown()).nullish(),
});

async function count({ tokens }: Ports, { body }: AdminAsk): Promise<unknown> {
  const { model, prompt, messages } = checked(countFields, body);
  if (typeof prompt !== 'string' && !messages) throw invalid('Give a prompt, or messages.', 'prompt');
  const total =
    typeof prompt === 'string'
      ? await tokens.countText(prompt, model)
      : await tokens.countRequest(openaiChat.readRequest(body));
  return { total_tokens: total, request_model: model, model_used: model, tokenizer_type: 'openai_tokenizer' };
}
