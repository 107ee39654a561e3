import type { Citation } from '../../chat/chat.ts';
import { isArray, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** Whether there is anything to cite in it: streams also carry empty ones. */
export const hasSources = (metadata: JsonObject): boolean => objectsIn(metadata['groundingChunks']).length > 0;

/** The sources of `text`: one citation for each supported passage and source, and one for each source without a passage. */
export function readCitations(metadata: JsonObject, text: string): readonly Citation[] {
  const sources = objectsIn(metadata['groundingChunks']).map(readSource);
  const cited = new Set<number>();
  const citations = objectsIn(metadata['groundingSupports']).flatMap((support) => {
    const indices = support['groundingChunkIndices'];
    return (isArray(indices) ? indices : []).flatMap((index) => {
      const source = typeof index === 'number' ? sources[index] : undefined;
      if (!source) return [];
      cited.add(Number(index));
      return [{ ...source, ...passage(objectIn(support['segment']), text) }];
    });
  });
  return [...citations, ...sources.filter((_, index) => !cited.has(index))];
}

function readSource(chunk: JsonObject): Citation {
  const source = objectIn(chunk['web'] ?? chunk['retrievedContext'] ?? chunk['maps']);
  const url = stringIn(source['uri']);
  const title = stringIn(source['title']);
  const quote = stringIn(source['text']);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { quote }),
  };
}

/** Google counts bytes of UTF-8. A segment that is not where it says it is gets no place. */
function passage(segment: JsonObject, text: string): Pick<Citation, 'start' | 'end'> {
  const start = unitsOf(text, numberIn(segment['startIndex']) ?? 0);
  const end = unitsOf(text, numberIn(segment['endIndex']) ?? 0);
  const quoted = stringIn(segment['text']);
  return end > start && (quoted === undefined || text.slice(start, end) === quoted) ? { start, end } : {};
}

/** How many code units of `text` its first `bytes` bytes of UTF-8 are. */
function unitsOf(text: string, bytes: number): number {
  let units = 0;
  for (let rest = bytes; rest > 0 && units < text.length;) {
    const point = text.codePointAt(units) ?? 0;
    rest -= point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    units += point < 0x10000 ? 1 : 2;
  }
  return units;
}

/** A citation of a text that `offset` code units of other text stand before. */
export const movedBy = (offset: number, citation: Citation): Citation =>
  citation.start === undefined || citation.end === undefined
    ? citation
    : { ...citation, start: citation.start + offset, end: citation.end + offset };

/** Citations in Gemini's form; `text` is the whole that their places count in. */
export function writeGrounding(citations: readonly Citation[], text: string): JsonObject {
  const keys = citations.map(({ url, title, quote }) => JSON.stringify([url, title, quote]));
  const sources = [...new Set(keys)];
  const supports = citations.flatMap(({ start, end }, position) => {
    if (start === undefined || end === undefined) return [];
    const segment = { startIndex: bytesOf(text, start), endIndex: bytesOf(text, end), text: text.slice(start, end) };
    return [{ segment, groundingChunkIndices: [sources.indexOf(keys[position] ?? '')] }];
  });
  const chunks = sources.map((key) => writeSource(citations[keys.indexOf(key)] ?? {}));
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) };
}

const bytesOf = (text: string, units: number): number => new TextEncoder().encode(text.slice(0, units)).length;

function writeSource({ url, title, quote }: Citation): JsonObject {
  const source = { ...(url !== undefined && { uri: url }), ...(title !== undefined && { title }) };
  return quote === undefined ? { web: source } : { retrievedContext: { ...source, text: quote } };
}

/** Searches billed one by one: every query from Gemini 3 on, one grounded answer before (https://ai.google.dev/pricing). */
export function searchesIn(metadata: JsonObject, billedByQuery: boolean): number {
  const queries = metadata['webSearchQueries'];
  const count = isArray(queries) ? queries.length : 0;
  return billedByQuery ? count : Math.min(count, 1);
}
