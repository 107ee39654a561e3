import type { Citation } from '../../chat/chat.ts';
import { defined, numberIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** The annotations that name an address; those of files name what only the provider keeps. */
export const readAnnotations = (annotations: Json | undefined): readonly Citation[] =>
  objectsIn(annotations).flatMap((annotation) => readAnnotation(annotation) ?? []);

export function readAnnotation(annotation: JsonObject): Citation | undefined {
  if (annotation.type !== 'url_citation') return undefined;
  return defined({
    url: stringIn(annotation.url),
    title: stringIn(annotation.title),
    start: numberIn(annotation.start_index),
    end: numberIn(annotation.end_index),
  });
}

export const writeAnnotation = ({ url, title, start, end }: Citation): JsonObject => ({
  type: 'url_citation',
  url: url ?? '',
  title: title ?? url ?? '',
  start_index: start ?? 0, // clients demand them
  end_index: end ?? start ?? 0,
});
