import { noUsage } from '../../chat/chat.ts';
import type { Usage } from '../../chat/chat.ts';
import { invalid } from '../../chat/failure.ts';
import { isArray, numberIn, objectsIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { Dialect } from '../dialect.ts';
import { relayed, usageIn } from './relayed.ts';

/** Texts as vectors: https://platform.openai.com/docs/api-reference/embeddings */
export const embeddings: Dialect = {
  ...relayed({
    name: 'openai-embeddings',
    route: '/v1/embeddings',
    outline: () => ({ maxOutput: 0 }),
    read: ({ input }) => input,
    usage: usageIn,
  }),
  mendedAnswer: (answer, request) => (request.encoding_format === 'base64' ? inBase64(answer) : answer),
};

/** Some servers know vectors only as numbers, and OpenAI's client takes whatever comes for the base64 that it asked for. */
function inBase64(answer: JsonObject): JsonObject {
  const data = objectsIn(answer.data);
  if (!data.some(({ embedding }) => isArray(embedding))) return answer;
  return {
    ...answer,
    data: data.map((one) => (isArray(one.embedding) ? { ...one, embedding: packed(one.embedding) } : one)),
  };
}

const packed = (numbers: readonly Json[]): string =>
  Buffer.from(Float32Array.from(numbers, Number).buffer).toString('base64');

/** What must not be said: https://platform.openai.com/docs/api-reference/moderations */
export const moderations: Dialect = relayed({
  name: 'openai-moderations',
  route: '/v1/moderations',
  outline: () => ({ maxOutput: 0 }),
  read: ({ input }) => input,
  // OpenAI counts nothing here, and bills nothing.
  usage: (answer) => usageIn(answer) ?? noUsage,
});

/** Documents in the order of how well they answer, as Cohere, Jina and vLLM have it. */
export const rerank: Dialect = relayed({
  name: 'rerank',
  route: '/v1/rerank',
  outline: () => ({ maxOutput: 0 }),
  read: ({ query, documents }) => [query ?? '', documents ?? []],
  usage: usageIn,
});

/** The output of one picture at the highest quality, tokens (OpenAI's guide on image generation, gpt-image-1 at 1024x1536). */
const tokensOfPicture = 6_240;

/** Pictures: https://platform.openai.com/docs/api-reference/images/create */
export const images: Dialect = relayed({
  name: 'openai-images',
  route: '/v1/images/generations',
  outline: (body) => {
    if (body.stream === true) throw invalid('Purser passes pictures on whole: leave out stream.', 'stream');
    const pictures = Math.max(1, numberIn(body.n) ?? 1);
    return { maxOutput: tokensOfPicture, indivisible: true, choices: pictures, images: pictures };
  },
  read: ({ prompt }) => prompt,
  // Models that are not billed by the token tell none: a price per token is then taken for as many as there can be.
  usage: (answer) => asPictures(usageIn(answer)) ?? untold(objectsIn(answer.data).length),
});

/** All that such a model writes are pictures, unless it says otherwise. */
const asPictures = (usage: Usage | undefined): Usage | undefined => usage && { imageOutput: usage.output, ...usage };
const untold = (pictures: number): Usage => ({ ...noUsage, output: tokensOfPicture * pictures, images: pictures });
