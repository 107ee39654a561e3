import assert from 'node:assert/strict';
import type { ChatRequest, Part, Settings, Turn } from '../../../src/chat/chat.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { objectIn, objectsIn } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const plain: ChatRequest = {
  model: 'gemini-2.5-flash',
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: true,
  unknown: [],
};
const say = (role: Turn['role'], ...parts: readonly Part[]): Turn => ({ role, parts });
const text = (words: string): Part => ({ type: 'text', text: words });
const call = (id: string, name: string, input: string, signature?: string): Part => ({
  type: 'tool-call',
  id,
  name,
  input,
  ...(signature !== undefined && { extras: { gemini: { thoughtSignature: signature } } }),
});
const result = (id: string, words: string): Part => ({
  type: 'tool-result',
  id,
  parts: [{ type: 'text', text: words }],
});
const contentsOf = (request: Partial<ChatRequest>): readonly JsonObject[] =>
  objectsIn(gemini.writeRequest({ ...plain, ...request })['contents']);
const configOf = (settings: Settings, model = plain.model): JsonObject =>
  objectIn(gemini.writeRequest({ ...plain, settings, model })['generationConfig']);

const weather = {
  type: 'object',
  properties: { city: { $ref: '#/$defs/city' } },
  $defs: { city: { type: 'string' } },
  additionalProperties: false,
};

describe('gemini request', () => {
  it('holds nothing but what was asked', () => {
    assert.deepEqual(gemini.writeRequest(plain), { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  });

  it('hoists every system turn, and speaks even when there is nothing else', () => {
    const turns = [say('system', text('Be terse.')), say('user', text('Hi')), say('system', text('Rule three.'))];
    assert.deepEqual(gemini.writeRequest({ ...plain, turns }), {
      systemInstruction: { parts: [{ text: 'Be terse.' }, { text: 'Rule three.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    });
    assert.deepEqual(contentsOf({ turns: turns.slice(0, 1) }), [{ role: 'user', parts: [{ text: ' ' }] }]);
  });

  it('puts the results of parallel calls into one content, each with the name of its function', () => {
    const turns = [
      say('user', text('Oslo and a.ts?')),
      say('assistant', text('Both.'), call('c1', 'get_weather', '{"city":"Oslo"}'), call('c2', 'list', '')),
      say('user', result('c1', '3 degrees')),
      say('user', result('c2', 'a.ts'), text('Go on.')),
    ];
    assert.deepEqual(contentsOf({ turns }).slice(1), [
      {
        role: 'model',
        parts: [
          { text: 'Both.' },
          { functionCall: { id: 'c1', name: 'get_weather', args: { city: 'Oslo' } } },
          { functionCall: { id: 'c2', name: 'list', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'get_weather', response: { output: '3 degrees' } } },
          { functionResponse: { id: 'c2', name: 'list', response: { output: 'a.ts' } } },
          { text: 'Go on.' },
        ],
      },
    ]);
  });

  it('marks a failed result, and puts an image of a result where the model looks for it', () => {
    const image = { type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' } as const;
    const shot: Part = { type: 'tool-result', id: 'c1', name: 'shot', parts: [image] };
    const failed: Part = {
      type: 'tool-result',
      id: 'c2',
      name: 'ls',
      isError: true,
      parts: [{ type: 'text', text: 'No.' }],
    };
    const written = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };
    const response = { id: 'c1', name: 'shot', response: { output: '' } };
    assert.deepEqual(contentsOf({ turns: [say('user', shot, failed)] })[0]?.['parts'], [
      { functionResponse: response },
      written,
      { functionResponse: { id: 'c2', name: 'ls', response: { error: 'No.' } } },
    ]);
    assert.deepEqual(contentsOf({ turns: [say('user', shot)], model: 'gemini-3-flash-preview' })[0]?.['parts'], [
      { functionResponse: { ...response, parts: [written] } },
    ]);
  });

  it('sends media inline or by address', () => {
    const parts: Part[] = [
      { type: 'media', kind: 'file', mediaType: 'application/pdf', data: 'JVBERi0=' },
      { type: 'media', kind: 'image', url: 'https://example.com/cat.JPG?size=2' },
      { type: 'media', kind: 'file', fileId: 'files/abc', mediaType: 'video/mp4' },
    ];
    assert.deepEqual(contentsOf({ turns: [say('user', ...parts)] })[0]?.['parts'], [
      { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } },
      { fileData: { fileUri: 'https://example.com/cat.JPG?size=2', mimeType: 'image/jpeg' } },
      { fileData: { fileUri: 'files/abc', mimeType: 'video/mp4' } },
    ]);
  });

  it('leaves out empty text and thoughts without a signature', () => {
    const turns = [say('assistant', { type: 'reasoning', text: 'Hm.' }, text(''), text('4'))];
    assert.deepEqual(contentsOf({ turns }), [{ role: 'model', parts: [{ text: '4' }] }]);
  });

  it('sends schemas as they came', () => {
    const tools = [{ name: 'get_weather', description: 'Get it.', schema: weather }, { name: 'list' }];
    assert.deepEqual(gemini.writeRequest({ ...plain, tools })['tools'], [
      {
        functionDeclarations: [
          { name: 'get_weather', description: 'Get it.', parametersJsonSchema: weather },
          { name: 'list' },
        ],
      },
    ]);
  });

  it('writes every tool choice, and none without tools', () => {
    const modes = [
      [{ type: 'auto' }, undefined],
      [{ type: 'none' }, { mode: 'NONE' }],
      [{ type: 'required' }, { mode: 'ANY' }],
      [
        { type: 'named', name: 'f' },
        { mode: 'ANY', allowedFunctionNames: ['f'] },
      ],
    ] as const;
    for (const [toolChoice, mode] of modes) {
      const body = gemini.writeRequest({ ...plain, tools: [{ name: 'f' }], toolChoice });
      assert.deepEqual(objectIn(body['toolConfig'])['functionCallingConfig'], mode);
      assert.equal(gemini.writeRequest({ ...plain, toolChoice })['toolConfig'], undefined);
    }
  });

  it('writes the settings it says it can express', () => {
    const settings: Settings = {
      maxOutput: 256,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stop: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      format: { type: 'json-schema', schema: weather },
      reasoning: { effort: 'low' },
    };
    assert.deepEqual(new Set(Object.keys(settings)), gemini.expresses);
    assert.deepEqual(configOf(settings), {
      maxOutputTokens: 256,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseMimeType: 'application/json',
      responseJsonSchema: weather,
      thinkingConfig: { thinkingBudget: 1024, includeThoughts: true },
    });
    assert.deepEqual(configOf({ format: { type: 'json' } }), { responseMimeType: 'application/json' });
  });

  it('asks for thinking in the way the model takes it', () => {
    const cases = [
      ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
      ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }],
      ['gemini-2.5-flash-lite', { budget: 100 }, { thinkingBudget: 512, includeThoughts: true }],
      ['gemini-2.5-flash', { budget: 99999, show: false }, { thinkingBudget: 24576 }],
      ['gemini-2.5-flash', { adaptive: true }, { thinkingBudget: -1, includeThoughts: true }],
      ['gemini-2.5-flash', { effort: 'high' }, { thinkingBudget: 4096, includeThoughts: true }],
      ['gemini-3-flash-preview', { effort: 'none' }, { thinkingLevel: 'minimal' }],
      ['gemini-3-pro-preview', { effort: 'minimal' }, { thinkingLevel: 'low', includeThoughts: true }],
      ['gemini-3-pro-preview', { effort: 'medium' }, { thinkingLevel: 'high', includeThoughts: true }],
      ['gemini-3.1-pro-preview', { effort: 'medium' }, { thinkingLevel: 'medium', includeThoughts: true }],
      ['gemini-flash-latest', { effort: 'max' }, { thinkingLevel: 'high', includeThoughts: true }],
      ['gemini-3-flash-preview', { budget: 2000 }, { thinkingBudget: 2000, includeThoughts: true }],
      ['gemini-3-flash-preview', { adaptive: true }, { includeThoughts: true }],
    ] as const;
    for (const [model, reasoning, expected] of cases) {
      assert.deepEqual(
        configOf({ reasoning }, model)['thinkingConfig'],
        expected,
        `${model} ${JSON.stringify(reasoning)}`,
      );
    }
  });

  it('excuses a lost signature on the first call of each step of the turn under way, from Gemini 3 on', () => {
    const turns = [
      say('user', text('One.')),
      say('assistant', call('c0', 'f', '')),
      say('user', result('c0', 'x')),
      say('assistant', text('Done.')),
      say('user', text('Two.')),
      say('assistant', call('c1', 'f', ''), call('c2', 'f', '')),
      say('user', result('c1', 'x'), result('c2', 'x'), text('Go on.')),
      say('assistant', text('Then.'), call('c3', 'f', '', 'own')),
      say('user', result('c3', 'x')),
    ];
    const signaturesFor = (model: string): readonly unknown[] =>
      contentsOf({ turns, model }).flatMap(({ parts }) =>
        objectsIn(parts).flatMap((part) => ('functionCall' in part ? [part['thoughtSignature']] : [])),
      );
    const excuse = 'skip_thought_signature_validator';
    assert.deepEqual(signaturesFor('gemini-3-pro-preview'), [undefined, excuse, undefined, 'own']);
    assert.deepEqual(signaturesFor('gemini-2.5-pro'), [undefined, undefined, undefined, 'own']);
  });

  it('limits the output under the name that the body uses', () => {
    const cases = [
      [{ contents: [] }, { contents: [], generationConfig: { maxOutputTokens: 9 } }],
      [{ generationConfig: { maxOutputTokens: 99, topK: 1 } }, { generationConfig: { maxOutputTokens: 9, topK: 1 } }],
      [{ generation_config: { max_output_tokens: 99 } }, { generation_config: { max_output_tokens: 9 } }],
      [{ generationConfig: { max_output_tokens: 99 } }, { generationConfig: { max_output_tokens: 9 } }],
    ] as const;
    for (const [body, limited] of cases) assert.deepEqual(gemini.limitOutput(body, 9), limited);
  });
});
