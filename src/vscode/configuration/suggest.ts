import { cursorAt, spots, type Cursor } from '../../config/cursor.ts';
import { describedAt, keysAt, takesMapping, valuesAt, type SchemaKey } from '../../config/schema-at.ts';
import type { Path } from '../../config/source.ts';
import { lineStart } from '../../lib/lines.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ModelBook } from './model-book.ts';
import { inShort } from './price-words.ts';

/** Something that may be written at the cursor. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'model' | 'provider' | 'variable';
  readonly detail?: string;
  readonly documentation?: string;
  /** With `$0` where the cursor goes, in a snippet. */
  readonly insert: string;
  readonly isSnippet?: true;
  /** Comes before the others. */
  readonly isFirst?: true;
  /** What comes next can be chosen at once. */
  readonly asksOn?: true;
}

/** A variable that a key may be found under. */
export interface KnownVariable {
  readonly name: string;
  readonly place: 'stored' | 'environment';
}

export interface SuggestPorts {
  readonly models: ModelBook;
  readonly variables: readonly KnownVariable[];
}

export interface Suggestions {
  /** What they replace: offsets. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** What may be written at `offset`. */
export function suggestionsAt(text: string, offset: number, ports: SuggestPorts): Suggestions | undefined {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined) return undefined;
  const { parent, kind, from, to } = cursor;
  const isKey = kind === 'key' || (kind === 'either' && takesMapping(parent));
  const items = isKey ? keys(text, cursor, ports) : values(text, parent, cursor.typed, ports);
  return { from, to, items };
}

function keys(text: string, cursor: Cursor, { models, variables }: SuggestPorts): readonly Suggestion[] {
  const { parent, siblings } = cursor;
  const start = lineStart(text, cursor.from);
  const line = text.slice(start, cursor.from);
  // The editor indents further lines as it does this one, whose dashes it does not count.
  const deeper = ' '.repeat(line.length - (/^ */.exec(line)?.[0].length ?? 0) + 2);
  const isInFlow = /[{[][^}\]]*$/.test(line);
  const free = keysAt(parent).filter(({ name }) => !siblings.includes(name));
  const written = free.map((key): Suggestion => ({
    ...{ label: key.name, kind: 'key', detail: key.isRequired ? 'required' : '' },
    ...(key.description !== undefined && { documentation: key.description }),
    ...(cursor.hasColon ? { insert: key.name } : inserted(key, isInFlow, deeper)),
    ...(key.isRequired && { isFirst: true as const }),
  }));
  return [...wholeEntry(cursor, isInFlow, deeper), ...written, ...names(text, parent, { models, variables })].filter(
    ({ label }) => !siblings.includes(label),
  );
}

function inserted(
  { name, holds }: SchemaKey,
  isInFlow: boolean,
  deeper: string,
): Pick<Suggestion, 'insert' | 'asksOn' | 'isSnippet'> {
  if (isInFlow && holds !== 'value')
    return { insert: `${name}: ${holds === 'list' ? '[$0]' : '{ $0 }'}`, isSnippet: true };
  if (holds === 'mapping') return { insert: `${name}:\n${deeper}$0`, isSnippet: true, asksOn: true };
  if (holds === 'list') return { insert: `${name}:\n${deeper}- $0`, isSnippet: true, asksOn: true };
  return { insert: `${name}: `, asksOn: true };
}

/** A new model with all that it needs. */
function wholeEntry({ parent, siblings }: Cursor, isInFlow: boolean, deeper: string): readonly Suggestion[] {
  if (isInFlow || parent.length !== 2 || parent[0] !== 'model_list' || siblings.length > 0) return [];
  const own = deeper.slice(2);
  const insert = `model_name: \${1:gpt-4o}\n${own}litellm_params:\n${deeper}model: \${2:openai/gpt-4o}\n${deeper}api_key: os.environ/\${3:OPENAI_API_KEY}`;
  return [
    {
      ...{ label: 'model_name, litellm_params', kind: 'key', detail: 'a whole model', insert },
      ...{ isSnippet: true, isFirst: true },
    },
  ];
}

/** Keys that are names of something: models, providers, accounts. */
function names(text: string, parent: Path, { models, variables }: SuggestPorts): readonly Suggestion[] {
  const named = (label: string, kind: Suggestion['kind']): Suggestion => ({ label, kind, insert: `${label}: ` });
  switch (parent.at(-1)) {
    case 'provider_budget_config':
      return models.providers.map(({ name }) => named(name, 'provider'));
    case 'account_budgets':
      return variables.map(({ name }) => named(name, 'variable'));
    case 'model_group_budget_config':
    case 'model_group_retry_policy':
      return modelNames(text).map((name) => named(name, 'model'));
    default:
      return isFallbackList(parent.at(-2)) ? modelNames(text).map((name) => named(name, 'model')) : [];
  }
}

const isFallbackList = (step: string | number | undefined): boolean =>
  typeof step === 'string' && step.endsWith('fallbacks');

/** The public names in this file. */
const modelNames = (text: string): readonly string[] => [
  ...new Set(
    spots(text).flatMap(({ kind, path, value }) =>
      kind === 'value' && path[0] === 'model_list' && path.at(-1) === 'model_name' ? [String(value)] : [],
    ),
  ),
];

function values(text: string, path: Path, typed: string, ports: SuggestPorts): readonly Suggestion[] {
  const key = path.findLast((step) => typeof step === 'string');
  const documentation = describedAt(path);
  const offered = valuesAt(path).map((label): Suggestion => ({
    ...{ label, kind: 'value', insert: label },
    ...(documentation !== undefined && { documentation }),
  }));
  const variables = isSecretKey(key) || typed.startsWith('os') ? references(ports.variables) : [];
  return [...offered, ...valuesOf(text, path, typed, ports), ...variables];
}

const isSecretKey = (key: string | number | undefined): boolean =>
  typeof key === 'string' && /(_key|_key_id|_token|_url|password)$/.test(key);

const references = (variables: readonly KnownVariable[]): readonly Suggestion[] =>
  variables.map(({ name, place }) => ({
    ...{ label: `os.environ/${name}`, kind: 'variable', insert: `os.environ/${name}` },
    detail: place === 'stored' ? "in this editor's secret storage" : 'in the environment',
    ...(place === 'stored' && { isFirst: true as const }),
  }));

function valuesOf(text: string, path: Path, typed: string, ports: SuggestPorts): readonly Suggestion[] {
  const [section, , , key] = path;
  const isModel = section === 'model_list' && (key === 'model' || key === 'base_model');
  if (isModel) return modelIds(typed, ports);
  if (path.at(-1) === 'custom_llm_provider')
    return ports.models.providers.map(({ name, title }) => ({
      label: name,
      kind: 'provider',
      detail: title,
      insert: name,
    }));
  const isName = path.some((step) => isFallbackList(step) || step === 'model_group_alias');
  return isName ? modelNames(text).map((label) => ({ label, kind: 'model', insert: label })) : [];
}

/** Before a slash: providers, and the models of those that can be called. After it: the provider's models. */
function modelIds(typed: string, { models, variables }: SuggestPorts): readonly Suggestion[] {
  const slash = typed.indexOf('/');
  const only = slash < 0 ? undefined : models.provider(typed.slice(0, slash));
  if (slash >= 0) return only === undefined ? [] : idsOf(only, models);
  const isUsable = ({ keyVariables, local }: Provider): boolean =>
    local !== true && variables.some(({ name }) => keyVariables.includes(name));
  const prefixes = models.providers.map((provider): Suggestion => ({
    ...{
      label: `${provider.name}/`,
      kind: 'provider',
      detail: provider.title,
      insert: `${provider.name}/`,
      asksOn: true,
    },
    ...(isUsable(provider) && { isFirst: true as const }),
  }));
  return [...prefixes, ...models.providers.filter(isUsable).flatMap((provider) => idsOf(provider, models))];
}

const idsOf = (provider: Provider, models: ModelBook): readonly Suggestion[] =>
  models.ids(provider).map((id): Suggestion => {
    const label = `${provider.name}/${id}`;
    const known = models.about(label);
    return { label, kind: 'model', insert: label, ...(known && { detail: inShort(known) }) };
  });
