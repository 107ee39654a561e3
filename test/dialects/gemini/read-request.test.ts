import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const rejects = (body: JsonObject, param: string): void =>
  assert.throws(
    () => gemini.readRequest(body),
    (thrown) => thrown instanceof Failure && thrown.kind === 'invalid-request' && thrown.details.param === param,
  );

/** A second turn as Google's SDKs send it: calls and results without ids, JSON names or proto names. */
const camel: JsonObject = {
  systemInstruction: { parts: [{ text: 'Be terse.' }] },
  contents: [
    { role: 'user', parts: [{ text: 'Oslo?' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
    {
      role: 'model',
      parts: [
        { text: 'Hm.', thought: true },
        { functionCall: { name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'sig' },
        { functionCall: { name: 'weather', args: { city: 'Bergen' } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'weather', response: { output: '3 degrees' } } },
        { functionResponse: { name: 'weather', response: { error: 'No such city.' } } },
      ],
    },
  ],
  tools: [
    {
      functionDeclarations: [
        {
          name: 'weather',
          description: 'Get it.',
          parameters: {
            type: 'OBJECT',
            properties: {
              city: { type: 'STRING', nullable: true },
              days: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1' },
              nullable: { type: 'BOOLEAN' },
            },
            required: ['city'],
          },
        },
      ],
    },
  ],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
  generationConfig: {
    maxOutputTokens: 64,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    stopSequences: ['END'],
    candidateCount: 1,
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { a: { type: 'NUMBER' } } },
    thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' },
  },
};

function inProtoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inProtoNames);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    inProtoNames(member),
  ]);
  return Object.fromEntries(entries);
}

describe('gemini request reading', () => {
  const request = gemini.readRequest(camel);

  it('pairs results with the calls of the same name, in their order', () => {
    assert.deepEqual(request.turns, [
      { role: 'system', parts: [{ type: 'text', text: 'Be terse.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Oslo?' },
          { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm.' },
          {
            type: 'tool-call',
            id: 'call_1',
            name: 'weather',
            input: '{"city":"Oslo"}',
            extras: { gemini: { thoughtSignature: 'sig' } },
          },
          { type: 'tool-call', id: 'call_2', name: 'weather', input: '{"city":"Bergen"}' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool-result', id: 'call_1', name: 'weather', parts: [{ type: 'text', text: '3 degrees' }] },
          {
            type: 'tool-result',
            id: 'call_2',
            name: 'weather',
            parts: [{ type: 'text', text: 'No such city.' }],
            isError: true,
          },
        ],
      },
    ]);
  });

  it('reads Google’s schemas as JSON Schema', () => {
    assert.deepEqual(request.tools, [
      {
        name: 'weather',
        description: 'Get it.',
        schema: {
          type: 'object',
          properties: {
            city: { type: ['string', 'null'] },
            days: { type: 'array', items: { type: 'integer' }, minItems: 1 },
            nullable: { type: 'boolean' },
          },
          required: ['city'],
        },
      },
    ]);
    assert.deepEqual(request.settings.format, {
      type: 'json-schema',
      schema: { type: 'object', properties: { a: { type: 'number' } } },
    });
  });

  it('reads settings and tool choice', () => {
    assert.deepEqual(request.toolChoice, { type: 'named', name: 'weather' });
    assert.deepEqual(
      { ...request.settings, format: undefined },
      {
        format: undefined,
        maxOutput: 64,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        stop: ['END'],
        choices: 1,
        reasoning: { effort: 'high', show: true },
      },
    );
    assert.deepEqual(request.unknown, []);
  });

  it('reads the proto names as it reads the JSON names', () => {
    assert.deepEqual(gemini.readRequest(inProtoNames(camel) as JsonObject), request);
  });

  it('writes back what it read', () => {
    assert.deepEqual(
      gemini.readRequest(gemini.writeRequest({ ...request, settings: {} })).turns.slice(-1),
      request.turns.slice(-1),
    );
  });

  it('keeps the ids that a client gives', () => {
    const { turns } = gemini.readRequest({
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { id: 'x1', name: 'f' } }, { functionCall: { id: 'x2', name: 'f' } }],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'x2', name: 'f', response: { name: 'f', content: 'b' } } }] },
      ],
    });
    assert.deepEqual(
      turns[0]?.parts.map((part) => part.type === 'tool-call' && [part.id, part.input]),
      [
        ['x1', ''],
        ['x2', ''],
      ],
    );
    assert.deepEqual(turns[1]?.parts, [
      { type: 'tool-result', id: 'x2', name: 'f', parts: [{ type: 'text', text: 'b' }] },
    ]);
  });

  it('keeps results of any other shape as JSON', () => {
    const response = { functionResponse: { name: 'f', response: { a: 1, b: [2] } } };
    const { turns } = gemini.readRequest({ contents: [{ parts: [response] }] });
    const [part] = turns[0]?.parts ?? [];
    assert.deepEqual(part?.type === 'tool-result' && part.parts, [{ type: 'text', text: '{"a":1,"b":[2]}' }]);
  });

  it('reads thinking budgets', () => {
    const reasoning = (thinkingConfig: JsonObject) =>
      gemini.readRequest({ contents, generationConfig: { thinkingConfig } }).settings.reasoning;
    assert.deepEqual(reasoning({ thinkingBudget: 0 }), { effort: 'none' });
    assert.deepEqual(reasoning({ thinkingBudget: -1, includeThoughts: true }), { adaptive: true, show: true });
    assert.deepEqual(reasoning({ thinkingBudget: 8192 }), { budget: 8192 });
  });

  it('names what only Google understands', () => {
    const body = {
      contents,
      cachedContent: 'cachedContents/1',
      tools: [{ googleSearch: {} }],
      generationConfig: { speechConfig: {} },
      safetySettings: [],
    };
    assert.deepEqual(gemini.readRequest(body).unknown, [
      'cachedContent',
      'tools.googleSearch',
      'generationConfig.speechConfig',
    ]);
  });

  it('names the field at fault', () => {
    rejects({}, 'contents');
    rejects({ contents, generationConfig: { maxOutputTokens: 'many' } }, 'generationConfig.maxOutputTokens');
    rejects({ contents, generationConfig: { stopSequences: 'END' } }, 'generationConfig.stopSequences');
    rejects({ contents, tools: [{ functionDeclarations: [{}] }] }, 'tools.functionDeclarations[0].name');
    rejects({ contents: [{ parts: [{ executableCode: { code: '1' } }] }] }, 'contents[0].parts[0]');
  });
});

describe('gemini outline', () => {
  it('is read from the body, but for what stands in the path', () => {
    const generationConfig = { maxOutputTokens: 64, candidateCount: 2, thinkingConfig: { thinkingBudget: 1000 } };
    assert.deepEqual(gemini.outline({ contents, generationConfig }), {
      model: '',
      stream: false,
      wantsUsage: true,
      maxOutput: 64,
      thinkingBudget: 1000,
      choices: 2,
      caches: false,
    });
  });

  it('says why no limit can bound the cost', () => {
    assert.match(gemini.outline({ contents, tools: [{ google_search: {} }] }).unbounded ?? '', /google_search/);
    assert.match(gemini.outline({ contents, cachedContent: 'c' }).unbounded ?? '', /cached/);
    const file = { parts: [{ file_data: { file_uri: 'https://example.com/a.pdf' } }] };
    assert.match(gemini.outline({ contents: [file] }).unbounded ?? '', /file/);
    assert.equal(gemini.outline({ contents, tools: [{ functionDeclarations: [] }] }).unbounded, undefined);
  });
});
