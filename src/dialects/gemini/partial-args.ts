import { Failure } from '../../chat/failure.ts';
import { objectsIn, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

type Mutable = Json | Mutable[] | { [key: string]: Mutable };

/** A call's arguments that arrive value by value, each with its JSON path, as Vertex AI streams them when asked to. */
export interface PartialArguments {
  add(partialArgs: Json | undefined): void;
  json(): string;
}

export function partialArguments(args: JsonObject): PartialArguments {
  const root = { $: structuredClone(args) as Mutable };
  return {
    add(partialArgs) {
      for (const piece of objectsIn(partialArgs))
        setAt(root, stepsOf(stringIn(piece['jsonPath']) ?? ''), valueOf(piece));
    },
    json: () => JSON.stringify(root.$),
  };
}

type Step = string | number;

/** `$.list[0].name` as its steps; a name that is no plain word stands in brackets and quotes (RFC 9535). */
function stepsOf(path: string): readonly Step[] {
  const steps = [...path.matchAll(/\.?([^.[\]'"]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g)];
  return steps.map(([, word, position, single, double]) =>
    position === undefined ? (word ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')) : Number(position),
  );
}

/** Sets the value at the end of the path; text is added to the text that stands there already. */
function setAt(root: { [key: string]: Mutable }, steps: readonly Step[], value: Json): void {
  let place: Mutable[] | { [key: string]: Mutable } = root;
  steps.forEach((step, position) => {
    const before = childAt(place, step);
    const next = steps[position + 1];
    if (next === undefined) {
      put(place, step, typeof before === 'string' && typeof value === 'string' ? before + value : value);
    } else if (typeof before === 'object' && before !== null) {
      place = before as Mutable[] | { [key: string]: Mutable };
    } else {
      const made: Mutable[] | { [key: string]: Mutable } = typeof next === 'number' ? [] : {};
      put(place, step, made);
      place = made;
    }
  });
}

function childAt(place: Mutable[] | { [key: string]: Mutable }, step: Step): Mutable | undefined {
  if (Array.isArray(place)) return place[Number(step)];
  return Object.hasOwn(place, step) ? place[step] : undefined;
}

function put(place: Mutable[] | { [key: string]: Mutable }, step: Step, value: Mutable): void {
  if (!Array.isArray(place)) {
    // Not by assignment: a member named `__proto__` is a member like any other.
    Object.defineProperty(place, step, { value, writable: true, enumerable: true, configurable: true });
  } else if (typeof step === 'number' && step <= place.length) {
    place[step] = value;
  } else {
    throw new Failure('provider-nonsense', `Gemini streamed arguments out of order, at ${step}.`);
  }
}

function valueOf(piece: JsonObject): Json {
  return piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'] ?? null;
}
