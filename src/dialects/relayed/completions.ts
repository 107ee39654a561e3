import type { ChatAnswer, ChatEvent, ChatRequest, Part, Usage } from '../../chat/chat.ts';
import { isArray, numberIn, objectIn, objectsIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import type { Dialect } from '../dialect.ts';
import { now, readAnswer } from '../openai-chat/answer.ts';
import { streamReader } from '../openai-chat/stream.ts';
import { withUsage } from '../openai-chat/usage.ts';
import { writeReason } from '../openai-chat/wire.ts';
import { relayed, usageIn } from './relayed.ts';

const format = relayed({
  name: 'openai-completions',
  route: '/v1/completions',
  outline: (body) => {
    const limit = numberIn(body.max_tokens);
    return {
      stream: body.stream === true,
      wantsUsage: objectIn(body.stream_options).include_usage === true,
      ...(limit !== undefined && { maxOutput: limit }),
      choices: promptsIn(body) * Math.max(1, numberIn(body.n) ?? 1, numberIn(body.best_of) ?? 1),
    };
  },
  read: ({ prompt, suffix }) => [prompt ?? '', suffix ?? ''],
  usage: usageIn,
});

/** OpenAI's text completions, with which editors fill in the middle: https://platform.openai.com/docs/api-reference/completions */
export const completions: Dialect = {
  ...format,
  // As the chat's reader does for an answer of several, it reads the first text alone.
  readAnswer: (body) => readAnswer(asChat(body)),
  streamReader: () => streamReader(asChat),
  writeAnswer: (answer) => ({
    ...head(answer),
    choices: [choice(textOf(answer.parts), writeReason(answer.reason))],
    ...(answer.usage && withUsage(answer.usage)),
  }),
  streamWriter,
  limitOutput: (body, tokens) => ({ ...body, max_tokens: Math.min(numberIn(body.max_tokens) ?? tokens, tokens) }),
  // Some servers send no `[DONE]`.
  mayBeLast: ({ data }) => /"finish_reason": ?"/.test(data),
};

/** Several prompts may be completed at once; a list of numbers is one prompt in tokens. */
const promptsIn = ({ prompt }: JsonObject): number =>
  isArray(prompt) && prompt.some((item) => typeof item !== 'number') ? prompt.length : 1;

/** A completion is a chat's answer but for the name of its text. */
const asChat = (body: JsonObject): JsonObject => ({
  ...body,
  choices: objectsIn(body.choices).map((one) => ({ ...one, delta: { content: one.text } })),
});

function streamWriter({ wantsUsage }: ChatRequest): (event: ChatEvent) => readonly SseFrame[] {
  let common: JsonObject = {};
  const chunk = (members: JsonObject): SseFrame => ({ data: JSON.stringify({ ...common, ...members }) });
  const written = (text: string, reason: string | null): SseFrame => chunk({ choices: [choice(text, reason)] });
  const last = (usage: Usage | undefined): readonly SseFrame[] =>
    wantsUsage && usage ? [chunk({ choices: [], ...withUsage(usage) })] : [];
  return (event) => {
    switch (event.type) {
      case 'start':
        common = head(event);
        return [];
      case 'part-start':
        return event.part.type === 'text' && event.part.text !== '' ? [written(event.part.text, null)] : [];
      case 'part-delta':
        return [written(event.text, null)];
      case 'finish':
        return [written('', writeReason(event.reason)), ...last(event.usage), { data: '[DONE]' }];
      case 'part-end':
      case 'citation':
      case 'foreign':
        return [];
    }
  };
}

const head = ({ id, model, created = now() }: Pick<ChatAnswer, 'id' | 'model' | 'created'>): JsonObject => ({
  id,
  object: 'text_completion',
  created,
  model,
});

const choice = (text: string, finish_reason: string | null): JsonObject => ({
  index: 0,
  text,
  logprobs: null,
  finish_reason,
});

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
