import assert from 'node:assert/strict';
import type { ChatAnswer } from '../../../src/chat/chat.ts';
import { eventsOf } from '../../../src/chat/collect.ts';
import { readCitations, writeGrounding } from '../../../src/dialects/gemini/grounding.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';
import { objectIn, objectsIn, parseJson } from '../../../src/lib/json.ts';

const text = 'Žluťoučký 🐎. Second.';
const metadata = {
  webSearchQueries: ['horse', 'colour of horses'],
  groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { web: { uri: 'https://b.example' } }],
  groundingSupports: [
    { segment: { startIndex: 20, endIndex: 27, text: 'Second.' }, groundingChunkIndices: [0] },
    { segment: { startIndex: 3, endIndex: 5, text: 'elsewhere' }, groundingChunkIndices: [0] },
  ],
};

describe('gemini grounding', () => {
  it('counts bytes of UTF-8 where we count code units', () => {
    assert.equal(text.indexOf('Second.'), 14);
    assert.deepEqual(readCitations(metadata, text), [
      { url: 'https://a.example', title: 'A', start: 14, end: 21 },
      { url: 'https://a.example', title: 'A' }, // its place does not hold what it says
      { url: 'https://b.example' },
    ]);
  });

  it('writes each source once', () => {
    assert.deepEqual(writeGrounding(readCitations(metadata, text), text), {
      groundingChunks: metadata.groundingChunks,
      groundingSupports: metadata.groundingSupports.slice(0, 1),
    });
  });

  it('tells the sources of every text, whole and streamed, by their places in all of it', () => {
    const part = (said: string, url: string) =>
      ({ type: 'text', text: said, citations: [{ url, start: 0, end: said.length }] }) as const;
    const parts = [part('Žluť. ', 'https://a.example'), part('Kůň.', 'https://b.example')];
    const answer: ChatAnswer = { id: 'r', model: 'm', parts, reason: 'stop' };
    const write = gemini.streamWriter(gemini.readRequest({ model: 'm', contents: [{ parts: [{ text: 'Hi' }] }] }));
    const last = eventsOf(answer)
      .flatMap((event) => write(event))
      .at(-1);
    for (const body of [gemini.writeAnswer(answer), objectIn(parseJson(last?.data ?? ''))]) {
      assert.deepEqual(objectIn(objectsIn(body['candidates'])[0]?.['groundingMetadata'])['groundingSupports'], [
        { segment: { startIndex: 0, endIndex: 8, text: 'Žluť. ' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 8, endIndex: 14, text: 'Kůň.' }, groundingChunkIndices: [1] },
      ]);
    }
  });

  it('counts the searches that are billed: every query from Gemini 3 on, else one', () => {
    const searches = (modelVersion: string) =>
      gemini.readAnswer({
        modelVersion,
        candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP', groundingMetadata: metadata }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
      }).usage?.searches;
    assert.equal(searches('gemini-3-pro-preview'), 2);
    assert.equal(searches('gemini-2.5-flash'), 1);
  });
});
