import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { objectIn, objectsIn, stringIn } from '../../src/lib/json.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { findProvider } from '../../src/providers/index.ts';
import { prepareBody } from '../../src/providers/prepare.ts';
import type { Provider, Target } from '../../src/providers/provider.ts';
import { asked, type Asked } from '../support/chat-body.ts';
import { readJson } from '../support/fixtures.ts';

const requests = readJson('requests/requests.json');
const expected = readJson('requests/expected.json');

/** Fields that a strict provider answers 400 or 422 to if they are not among these. */
const openaiFields =
  'model messages max_tokens max_completion_tokens temperature top_p n stop stream stream_options seed frequency_penalty ' +
  'presence_penalty logit_bias logprobs top_logprobs tools tool_choice parallel_tool_calls response_format user ' +
  'reasoning_effort metadata store service_tier modalities audio prediction web_search_options verbosity ' +
  'safety_identifier prompt_cache_key prompt_cache_retention';
const strict: Readonly<Record<string, string>> = {
  openai: openaiFields,
  groq: `${openaiFields} reasoning_format include_reasoning`,
  mistral:
    'model messages temperature top_p max_tokens stream stop random_seed response_format tools tool_choice n metadata ' +
    'presence_penalty frequency_penalty prediction parallel_tool_calls prompt_mode reasoning_effort safe_prompt',
};

interface Case {
  readonly name: string;
  readonly provider: Provider;
  readonly model: string;
  readonly body: JsonObject;
  readonly litellm: Asked;
}

function caseOf(name: string, providerName: string, entry: Json | undefined): Case {
  const provider = findProvider(providerName);
  assert.ok(provider);
  const { model, body } = objectIn(entry);
  const id = (stringIn(model) ?? '').split('/').slice(1).join('/');
  return {
    name,
    provider,
    model: id,
    body: { ...objectIn(requests[name]), model: id },
    litellm: asked(objectIn(body)),
  };
}

const cases = Object.entries(expected).flatMap(([name, perProvider]) =>
  Object.entries(objectIn(perProvider)).map(([provider, entry]) => caseOf(name, provider, entry)),
);

const targetOf = ({ provider, model, body }: Case): Target => ({
  model,
  baseUrl: provider.baseUrl ?? '',
  apiKey: 'key',
  apiVersion: undefined,
  organization: undefined,
  aws: undefined,
  stream: body.stream === true,
  ownBase: false,
});
const prepared = (one: Case): JsonObject =>
  prepareBody(one.provider, targetOf(one), one.body, { dropParams: true, dropAlso: [] }).body;

const marks = (body: JsonObject): number => JSON.stringify(body).split('"cache_control"').length - 1;

for (const one of cases) {
  const { name, provider, body, litellm } = one;
  describe(`${name} for ${provider.name}`, () => {
    const sent = prepared(one);

    it('says what the client or LiteLLM would say', () => {
      const mine = asked(sent);
      const client = asked(body);
      for (const part of ['system', 'turns', 'tools', 'toolChoice', 'format'] as const) {
        const isEither = [client, litellm].some(({ content }) => isDeepStrictEqual(content[part], mine.content[part]));
        if (!isEither) assert.deepEqual(mine.content[part], litellm.content[part]);
      }
    });

    it('sets what LiteLLM sets', () => {
      assert.deepEqual(asked(sent).settings, litellm.settings);
    });

    it('holds no field that the provider does not know', () => {
      const known = strict[provider.name]?.split(' ');
      assert.deepEqual(
        Object.keys(sent).filter((field) => known !== undefined && !known.includes(field)),
        [],
      );
      assert.ok(!JSON.stringify(sent).includes('thinking_blocks'));
    });

    it('keeps cache marks only where they are read', () => {
      assert.equal(marks(sent), provider.name === 'openrouter' ? marks(body) : 0);
    });

    it('is not changed by a second adjustment', () => {
      assert.deepEqual(provider.adjust?.(sent, targetOf(one)), sent);
    });

    if (body.stream === true && !['mistral', 'perplexity'].includes(provider.name)) {
      it('asks for usage', () => assert.equal(objectIn(sent.stream_options).include_usage, true));
    }
    if (['mistral', 'perplexity'].includes(provider.name)) {
      it('does not ask for what comes unasked', () => assert.equal(sent.stream_options, undefined));
    }
    if (provider.name === 'openrouter') {
      it('asks for the cost', () => assert.deepEqual(sent.usage, { include: true }));
    }
    if (provider.name === 'perplexity' && !objectsIn(body.messages).some((message) => message.role === 'tool')) {
      it('has user and assistant in turn', () => {
        const roles = objectsIn(sent.messages).map((message) => stringIn(message.role));
        assert.ok(
          roles.every((role, index) => role !== roles[index - 1]),
          roles.join(' '),
        );
      });
    }
  });
}
