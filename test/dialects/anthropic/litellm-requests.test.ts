import assert from 'node:assert/strict';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import { openaiChat } from '../../../src/dialects/openai-chat/openai-chat.ts';
import { isObject, objectIn, objectsIn, stringIn, without } from '../../../src/lib/json.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import { readJson } from '../../support/fixtures.ts';

/** What a request asks, whatever blocks it is cut into. */
interface Gist {
  readonly system: string;
  readonly turns: readonly string[];
  readonly tools: readonly JsonObject[];
  readonly marks: readonly string[];
  readonly settings: JsonObject;
}

/** LiteLLM's filler for a message without text. */
const filler = '[System: Empty message content sanitised to satisfy protocol]';

function gistOf(body: JsonObject): Gist {
  const system = blocksIn(body.system);
  const messages = objectsIn(body.messages);
  const tools = objectsIn(body.tools);
  return {
    system: system.map((block) => stringIn(block.text)?.trim()).join('\n'),
    turns: messages.flatMap((message) => blocksIn(message.content).flatMap((block) => lineOf(message.role, block))),
    tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      schema: without(objectIn(tool.input_schema), '$schema'),
    })),
    marks: [
      ...marksIn('system', system),
      ...messages.flatMap((message) => marksIn(stringIn(message.role) ?? '', blocksIn(message.content))),
      ...marksIn('tool', tools),
    ],
    settings: settingsOf(body),
  };
}

function settingsOf(body: JsonObject): JsonObject {
  const choice = objectIn(body.tool_choice);
  const { model, max_tokens, stop_sequences, temperature, top_p, top_k, stream, thinking, output_config } = body;
  const settings = { model, max_tokens, stop_sequences, temperature, top_p, top_k, stream, thinking, output_config };
  return choice.type === 'auto' ? settings : { ...settings, tool_choice: body.tool_choice };
}

const blocksIn = (content: Json | undefined): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content);

const lineOf = (role: Json | undefined, block: JsonObject): readonly string[] =>
  block.text === filler ? [] : [JSON.stringify([role, sorted(without(block, 'cache_control'))])];

const marksIn = (place: string, blocks: readonly JsonObject[]): readonly string[] =>
  blocks.flatMap((block, index) => (isObject(block.cache_control) ? [`${place} ${index}`] : []));

const sorted = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)));

describe('anthropic requests as LiteLLM sends them', () => {
  for (const [name, value] of Object.entries(readJson('anthropic/requests/chat.json'))) {
    const { asked, sent } = objectIn(value);
    const expected = gistOf(objectIn(sent));
    const ours = anthropic.writeRequest(openaiChat.readRequest({ ...objectIn(asked), model: expected.settings.model }));

    it(`asks the same for ${name}`, () => {
      const gist = gistOf(ours);
      if (name !== 'json_object') assert.deepEqual(gist, expected);
      else {
        // There LiteLLM drops what was asked: we ask for it in words.
        assert.match(gist.system, /JSON object/);
        assert.deepEqual({ ...gist, system: '' }, expected);
      }
    });
  }
});
