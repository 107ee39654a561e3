import assert from 'node:assert/strict';
import { readCitations, writeGrounding } from '../../../src/dialects/gemini/grounding.ts';
import { gemini } from '../../../src/dialects/gemini/gemini.ts';

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
