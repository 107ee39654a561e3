import type { Citation } from '../../chat/chat.ts';
import { defined, isArray, numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** OpenAI's annotations; `content` is OpenRouter's addition. */
export function readAnnotations(annotations: Json | undefined): readonly Citation[] {
  return objectsIn(annotations)
    .filter((annotation) => annotation.type === 'url_citation')
    .map(({ url_citation }) => {
      const { url, title, content, start_index, end_index } = objectIn(url_citation);
      return defined({
        url: stringIn(url),
        title: stringIn(title),
        quote: stringIn(content),
        start: numberIn(start_index),
        end: numberIn(end_index),
      });
    });
}

/** `offset` is where the citation's part begins in the message's content, code units. */
export const writeAnnotation = ({ url, title, quote, start, end }: Citation, offset: number): JsonObject => ({
  type: 'url_citation',
  url_citation: defined({
    url: url ?? '',
    title: title ?? url ?? '',
    content: quote,
    start_index: start === undefined ? undefined : start + offset,
    end_index: end === undefined ? undefined : end + offset,
  }),
});

/** The sources of a whole answer as Perplexity lists them: with titles, or as bare addresses. Text refers to them as `[1]`. */
export function readSources(chunk: JsonObject): readonly Citation[] {
  const results = objectsIn(chunk.search_results);
  if (results.length > 0)
    return results.map(({ url, title }) => defined({ url: stringIn(url), title: stringIn(title) }));
  return isArray(chunk.citations)
    ? chunk.citations.map(stringIn).flatMap((url) => (url === undefined ? [] : [{ url }]))
    : [];
}
