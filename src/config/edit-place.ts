import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, objectIn, type Json } from '../lib/json.ts';
import { deploymentId } from './deployment-id.ts';
import type { EditPath, EditStep } from './edit.ts';
import { Uneditable } from './edit-nodes.ts';
import { pathText, quoted } from './quote.ts';
import type { Path } from './source.ts';

/** The path with every item's index in the place of what it is known by. */
export function placesOf(root: Json, path: EditPath): Path {
  const found: (string | number)[] = [];
  let value: Json | undefined = root;
  for (const step of path) {
    const place = placeOf(value, step, found);
    value = isArray(value) && typeof place === 'number' ? value[place] : objectIn(value)[place];
    found.push(place);
  }
  return found;
}

function placeOf(value: Json | undefined, step: EditStep, at: Path): string | number {
  if (typeof step === 'string') {
    if (value == null || isObject(value)) return step;
    throw new Uneditable(`${pathText(at)} is no mapping, so it can have no ${quoted(step)}. Mend it, and try again.`);
  }
  const items = isArray(value) ? value : [];
  const index = typeof step === 'number' ? step : indexOf(items, step);
  if (index >= 0 && index < items.length) return index;
  throw new Uneditable(`${pathText(at)} has no item ${nameOf(step)}. It may have been changed meanwhile; look again.`);
}

function indexOf(items: readonly Json[], step: Exclude<EditStep, string | number>): number {
  if ('deployment' in step) return items.findIndex((item) => deploymentId(objectIn(item)) === step.deployment);
  let left = step.nth ?? 0;
  return items.findIndex((item) => isDeepStrictEqual(objectIn(item)[step.where], step.is) && left-- === 0);
}

function nameOf(step: Exclude<EditStep, string>): string {
  if (typeof step === 'number') return String(step + 1);
  if ('deployment' in step) return `with the id ${quoted(step.deployment)}`;
  return `whose ${step.where} is ${typeof step.is === 'string' ? quoted(step.is) : 'the one given'}`;
}
