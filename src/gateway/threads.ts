import type { ClientDialect } from '../dialects/dialect.ts';
import { isArray, isObject, objectIn, objectsIn, parseJson, stringIn, without } from '../lib/json.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { lru, type LruLimits } from '../lib/lru.ts';
import type { Call } from './call.ts';

/**
 * The conversations of Responses that were answered here by providers which keep none, so that clients may go on from a
 * `previous_response_id` or refer to items by id, as they do with OpenAI. Bounded, apart for each caller, and gone with
 * the process. What is not known here passes as it came: OpenAI may know it, and others refuse it by name.
 */
export interface Threads {
  /** The call with all that it refers to, and with a client that has its answer kept; the same call where there is neither. */
  joined(call: Call): Call;
}

/** Items, and characters of everything kept. */
const usualLimits: LruLimits = { count: 5_000, size: 32_000_000 };

export function threads(limits: LruLimits = usualLimits): Threads {
  const kept = lru<readonly Json[]>(limits);

  /** A response is kept as the whole conversation up to it, an item as a list of itself. */
  const keep = ({ caller, raw, body }: Call, response: JsonObject): void => {
    const output = objectsIn(response.output);
    const id = stringIn(response.id);
    const size = raw.length + sizeOf(output);
    if (id !== undefined) kept.set(`${caller.id} ${id}`, [...itemsIn(body.input), ...output], size);
    for (const item of output) {
      if (typeof item.id === 'string') kept.set(`${caller.id} ${item.id}`, [item], sizeOf([item]));
    }
  };
  const resolved = (caller: string, body: JsonObject): JsonObject => {
    const find = (id: Json | undefined): readonly Json[] | undefined =>
      kept.count > 0 && typeof id === 'string' ? kept.get(`${caller} ${id}`) : undefined;
    const earlier = find(body.previous_response_id);
    const input = itemsIn(body.input);
    const whole = input.flatMap((item) => (isReference(item) ? (find(item.id) ?? [item]) : [item]));
    const isSame = whole.every((item, index) => item === input[index]);
    if (earlier === undefined) return isSame ? body : { ...body, input: whole };
    return { ...without(body, 'previous_response_id'), input: [...earlier, ...whole] };
  };
  return {
    joined(call) {
      const whole = withBody(call, resolved(call.caller.id, call.body));
      if (whole.body.store === false) return whole;
      return { ...whole, client: keeping(call.client, (response) => keep(whole, response)) };
    },
  };
}

const withBody = (call: Call, body: JsonObject): Call =>
  body === call.body
    ? call
    : { ...call, body, raw: Buffer.from(JSON.stringify(body)), outline: call.client.outline(body) };

const sizeOf = (items: readonly Json[]): number => JSON.stringify(items).length;

const itemsIn = (input: Json | undefined): readonly Json[] =>
  isArray(input) ? input : typeof input === 'string' ? [{ role: 'user', content: input }] : [];

const isReference = (item: Json): item is JsonObject => isObject(item) && item.type === 'item_reference';

/** The dialect, whose whole answers are kept as they are written: those that are translated, since others are not written here. */
const keeping = (client: ClientDialect, keep: (response: JsonObject) => void): ClientDialect => ({
  ...client,
  writeAnswer(answer, request) {
    const response = client.writeAnswer(answer, request);
    keep(response);
    return response;
  },
  streamWriter(request) {
    const write = client.streamWriter(request);
    return (event) => {
      const frames = write(event);
      const last = event.type === 'finish' ? frames.at(-1) : undefined;
      if (last !== undefined) keep(objectIn(objectIn(parseJson(last.data)).response));
      return frames;
    };
  },
});
