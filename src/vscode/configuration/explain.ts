import { spotAt } from '../../config/cursor.ts';
import { configValue } from '../../config/edit.ts';
import { variableIn, valueAt } from '../../config/reading.ts';
import { describedAt } from '../../config/schema-at.ts';
import { objectIn, stringIn } from '../../lib/json.ts';
import type { ModelBook } from './model-book.ts';
import { atLength } from './price-words.ts';
import type { KnownVariable } from './suggest.ts';

export interface ExplainPorts {
  readonly models: ModelBook;
  readonly variables: readonly KnownVariable[];
}

/** What is said of what stands at an offset, in Markdown. */
export interface Explanation {
  readonly from: number;
  readonly to: number;
  readonly markdown: string;
}

export function explanationAt(
  text: string,
  offset: number,
  { models, variables }: ExplainPorts,
): Explanation | undefined {
  const spot = spotAt(text, offset);
  if (spot === undefined) return undefined;
  const { kind, path, from, to } = spot;
  const said = (markdown: string | undefined): Explanation | undefined =>
    markdown === undefined ? undefined : { from, to, markdown };
  if (kind === 'key') {
    const described = describedAt(path);
    return said(described === undefined ? undefined : `\`${String(path.at(-1))}\`: ${described}`);
  }
  const value = stringIn(spot.value);
  if (value === undefined) return undefined;
  const variable = variableIn(value);
  if (variable !== undefined) return said(whereIs(variable, variables));
  if (path[0] !== 'model_list' || path.at(-1) !== 'model') return undefined;
  const known = models.about(value, objectIn(valueAt(configValue(text) ?? {}, path.slice(0, 2))));
  return said(known && atLength(known));
}

function whereIs(variable: string, variables: readonly KnownVariable[]): string {
  const known = variables.find(({ name }) => name === variable);
  if (known === undefined)
    return `\`${variable}\` is not set. \`Purser: Add Provider Key\` keeps a key under this name.`;
  return known.place === 'stored'
    ? `\`${variable}\` is in this editor's secret storage.`
    : `\`${variable}\` is set in the environment.`;
}
