import type { ServerResponse } from 'node:http';
import { objectIn, objectsIn, stringIn } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { formatSse } from '../../src/lib/sse.ts';
import { message, messageEvents, textBlock, toolBlock } from './anthropic-wire.ts';
import { chatAnswer, chatChunk, json, usageChunk, type ReceivedRequest } from './fake-provider.ts';
import { chunk, whole } from './gemini-wire.ts';

/** What a model says: words, or one call of a tool. */
export type Said = { readonly text: string } | { readonly tool: string; readonly input: JsonObject };

/** Says it in the format of the route that was called, in a stream where one is wanted. */
export function speak(request: ReceivedRequest, response: ServerResponse, said: Said): void {
  if (!isStreamed(request)) {
    void json(200, wholeFor(request, said))(request, response);
    return;
  }
  head(response);
  for (const frame of framesFor(request, said)) response.write(frame);
  response.end();
}

/** Streams the beginning of it, and then nothing more. */
export function begin(request: ReceivedRequest, response: ServerResponse, said: Said): void {
  head(response);
  const frames = framesFor(request, said);
  for (const frame of frames.slice(0, Math.ceil(frames.length / 2))) response.write(frame);
}

/** Streams the beginning of it, and breaks the connection. */
export function breakOff(request: ReceivedRequest, response: ServerResponse, said: Said): void {
  begin(request, response, said);
  // The bytes must be on their way before the reset, which would overtake them.
  setTimeout(() => response.socket?.resetAndDestroy(), 20);
}

const isStreamed = ({ path, body }: ReceivedRequest): boolean =>
  body['stream'] === true || path.includes(':streamGenerateContent');

const head = (response: ServerResponse): void => void response.writeHead(200, { 'content-type': 'text/event-stream' });

/** A stream's frames as they go over the wire, in the format of this route. */
export function framesFor({ path }: Pick<ReceivedRequest, 'path'>, said: Said): readonly string[] {
  if (path.includes('/messages')) return inMessages(said);
  if (path.includes('/models/')) return [chunk([partOf(said)]), chunk([], 'STOP')].map(plain);
  return path.includes('/responses') ? inResponses(said) : inChat(said);
}

/** A whole answer in the format of this route. */
export function wholeFor({ path }: Pick<ReceivedRequest, 'path'>, said: Said): object {
  if (path.includes('/messages')) return message(blockOf(said));
  if (path.includes('/responses')) return responseOf(itemOf(said));
  if (path.includes('/models/')) return whole(partOf(said));
  if ('text' in said) return chatAnswer(said.text);
  const asked = { role: 'assistant', content: null, tool_calls: [callOf(said.tool, said.input)] };
  return { ...chatAnswer(''), choices: [{ index: 0, message: asked, finish_reason: 'tool_calls' }] };
}

const blockOf = (said: Said) => ('text' in said ? textBlock(said.text) : toolBlock('toolu_1', said.tool, said.input));

const partOf = (said: Said) =>
  'text' in said ? { text: said.text } : { functionCall: { name: said.tool, args: said.input } };

const callOf = (name: string, input: JsonObject) => ({
  id: 'call_1',
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});

const named = (event: JsonObject): string =>
  formatSse({ event: stringIn(event['type']) ?? '', data: JSON.stringify(event) });
const plain = (data: unknown): string => formatSse({ data: typeof data === 'string' ? data : JSON.stringify(data) });

const inMessages = (said: Said): readonly string[] =>
  messageEvents(blockOf(said)).map((event) => named(event as JsonObject));

const inChat = (said: Said): readonly string[] =>
  [
    chatChunk({ role: 'assistant', content: null }),
    chatChunk(
      'text' in said ? { content: said.text } : { tool_calls: [{ index: 0, ...callOf(said.tool, said.input) }] },
    ),
    chatChunk({}, 'text' in said ? 'stop' : 'tool_calls'),
    usageChunk(),
    '[DONE]',
  ].map(plain);

/** The one item that a response holds. */
function itemOf(said: Said) {
  const status = 'completed';
  if ('tool' in said) {
    const called = { call_id: 'call_1', name: said.tool, arguments: JSON.stringify(said.input) };
    return { type: 'function_call', id: 'fc_1', status, ...called };
  }
  const content = [{ type: 'output_text', text: said.text, annotations: [] }];
  return { type: 'message', id: 'msg_1', status, role: 'assistant', content };
}

const responseOf = (item: JsonObject | undefined) => ({
  ...{ id: 'resp_1', object: 'response', created_at: 1700000000, model: 'gpt-4o-2024-08-06' },
  status: item === undefined ? 'in_progress' : 'completed',
  output: item === undefined ? [] : [item],
  usage: item === undefined ? null : { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
});

function inResponses(said: Said): readonly string[] {
  const item = itemOf(said);
  const at = { output_index: 0, item_id: item.id };
  const [opened, deltas] =
    'text' in said
      ? [
          { content: [] },
          [partAdded(at), { type: 'response.output_text.delta', ...at, content_index: 0, delta: said.text }],
        ]
      : [
          { arguments: '' },
          [{ type: 'response.function_call_arguments.delta', ...at, delta: JSON.stringify(said.input) }],
        ];
  return [
    { type: 'response.created', response: responseOf(undefined) },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, ...opened, status: 'in_progress' } },
    ...deltas,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: responseOf(item) },
  ].map((event, sequence_number) => named({ ...event, sequence_number }));
}

const partAdded = (at: JsonObject) => ({
  type: 'response.content_part.added',
  ...at,
  content_index: 0,
  part: { type: 'output_text', text: '', annotations: [] },
});

/** The names of the tools that a request offers, in whatever format. */
export const toolsOf = ({ body }: ReceivedRequest): readonly unknown[] =>
  objectsIn(body['tools']).flatMap(({ name, function: called, functionDeclarations: declared }) =>
    declared === undefined ? [name ?? objectIn(called)['name']] : objectsIn(declared).map((one) => one['name']),
  );
