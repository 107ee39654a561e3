import { formatSse } from '../../src/lib/sse.ts';
import type { Script } from './fake-provider.ts';

/** Anthropic's usage of the fake answers: 10 tokens in, 5 out. */
const usage = { input_tokens: 10, output_tokens: 5 };

/** A whole message as Anthropic gives it. */
export const message = (...content: readonly object[]) => ({
  id: 'msg_fake',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content,
  stop_reason: content.some((block) => 'type' in block && block.type === 'tool_use') ? 'tool_use' : 'end_turn',
  stop_sequence: null,
  usage,
});

export const textBlock = (text: string) => ({ type: 'text', text });
export const thinkingBlock = (thinking: string, signature: string) => ({ type: 'thinking', thinking, signature });
export const toolBlock = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input });

type Block = ReturnType<typeof textBlock> | ReturnType<typeof thinkingBlock> | ReturnType<typeof toolBlock>;

/** The events of a streamed message with these blocks, up to the last block's end. */
export const blockEvents = (...blocks: readonly Block[]): readonly object[] => [
  {
    type: 'message_start',
    message: { ...message(), stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } },
  },
  ...blocks.flatMap((block, index) => [
    { type: 'content_block_start', index, content_block: headOf(block) },
    ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]),
];

/** A whole streamed message. */
export const messageEvents = (...blocks: readonly Block[]): readonly object[] => [
  ...blockEvents(...blocks),
  {
    type: 'message_delta',
    delta: { stop_reason: message(...blocks).stop_reason, stop_sequence: null },
    usage: { output_tokens: 5 },
  },
  { type: 'message_stop' },
];

function headOf(block: Block): object {
  if ('text' in block) return { ...block, text: '' };
  return 'thinking' in block ? { ...block, thinking: '', signature: '' } : { ...block, input: {} };
}

function deltasOf(block: Block): readonly object[] {
  if ('text' in block) return [{ type: 'text_delta', text: block.text }];
  if ('input' in block) return [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }];
  return [
    { type: 'thinking_delta', thinking: block.thinking },
    { type: 'signature_delta', signature: block.signature },
  ];
}

/** Streams Anthropic's events under their names, and ends the body in good order. */
export const named =
  (...events: readonly object[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) {
      const name = 'type' in event ? String(event.type) : '';
      response.write(formatSse({ event: name, data: JSON.stringify(event) }));
    }
    response.end();
  };
