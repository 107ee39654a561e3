import type { ChatEvent, ChatRequest, Usage } from '../../chat/chat.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { customNames } from '../custom-tool.ts';
import { now } from './answer.ts';
import { withUsage } from './usage.ts';
import { writeReason } from './wire.ts';
import { nothingWritten, writePartEvent } from './write-delta.ts';

/** Writes `chat.completion.chunk` frames. What every chunk repeats is serialised once. */
export function streamWriter({ wantsUsage, tools }: ChatRequest): (event: ChatEvent) => readonly SseFrame[] {
  const parts = nothingWritten(customNames(tools));
  let head = '';
  const chunk = (members: string): SseFrame => ({ data: `${head}${members}}` });
  const choice = (delta: string, reason: string): SseFrame =>
    chunk(`"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]`);

  return (event) => {
    switch (event.type) {
      case 'start':
        head = headOf(event);
        return [choice('{"role":"assistant","content":""}', 'null')];
      case 'part-start':
      case 'part-delta':
      case 'citation':
      case 'part-end':
        return writePartEvent(parts, event).map((delta) => choice(JSON.stringify(delta), 'null'));
      case 'finish': {
        const last = choice('{}', JSON.stringify(writeReason(event.reason)));
        const usage = wantsUsage && event.usage ? [chunk(`"choices":[],${usageMembers(event.usage)}`)] : [];
        return [last, ...usage, { data: '[DONE]' }];
      }
      case 'foreign': // this dialect has no words for it
        return [];
    }
  };
}

const usageMembers = (usage: Usage): string => JSON.stringify(withUsage(usage)).slice(1, -1);

/** The members that all chunks of an answer have in common, as the beginning of an object. */
function headOf({ id, model, created = now() }: Extract<ChatEvent, { type: 'start' }>): string {
  const members = JSON.stringify({ id, object: 'chat.completion.chunk', created, model });
  return `${members.slice(0, -1)},`;
}
