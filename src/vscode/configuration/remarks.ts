import type { Environment } from '../../config/environment.ts';
import type { Finding } from '../../config/config.ts';
import { spots, type Spot } from '../../config/cursor.ts';
import { configValue } from '../../config/edit.ts';
import { nearest } from '../../config/known-keys.ts';
import { loadConfig, type LoadRequest } from '../../config/load.ts';
import { secretsAmong, type PlainSecret } from '../../config/plain-secrets.ts';
import { valueAt, type ProviderFacts } from '../../config/reading.ts';
import { objectIn, stringIn, type Json, type JsonObject } from '../../lib/json.ts';
import type { ModelBook } from './model-book.ts';

/** What mends a remark. `hide-secret`: the value goes to the secret storage, and a reference comes in its place. */
export type Fix =
  | { readonly type: 'replace'; readonly by: string }
  | { readonly type: 'add-key'; readonly variable: string }
  | { readonly type: 'hide-secret'; readonly variable: string };

/** Something to be said about a part of the text. Offsets. */
export interface Remark {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly fix?: Fix;
}

export interface RemarkPorts {
  readonly file: string;
  readonly environment: Environment;
  readonly facts: Readonly<Record<string, ProviderFacts>>;
  readonly models: ModelBook;
  readonly readFile: NonNullable<LoadRequest['readFile']>;
  /** What the gateway itself offers for a file that lists no models. */
  readonly otherwise?: readonly JsonObject[];
}

/** All that the loader finds in this text, models that nobody knows, and secrets that stand in it. */
export function remarksOn(text: string, ports: RemarkPorts): readonly Remark[] {
  const { file, environment, facts, readFile, otherwise } = ports;
  const { errors, warnings } = loadConfig({
    ...{ text, file, environment, providers: facts, readFile },
    ...(otherwise && { otherwise }),
  });
  const all = spots(text);
  const placed = (severity: Remark['severity']) => (finding: Finding) => inText(text, all, { finding, severity });
  const own = ({ file: where }: Finding): boolean => where === file;
  return [
    ...errors.filter(own).map(placed('error')),
    ...warnings.filter(own).map(placed('warning')),
    ...unknownModels(text, all, ports.models),
    ...secretsAmong(all).map((secret) => plain(text, secret, ports)),
  ];
}

interface Found {
  readonly finding: Finding;
  readonly severity: Remark['severity'];
}

/** The loader knows where something begins; it ends with the key or value that begins there, else with its line. */
function inText(text: string, all: readonly Spot[], { finding, severity }: Found): Remark {
  const { line, column, message, help } = finding;
  const lines = text.split('\n');
  const lineFrom = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const from = Math.min(lineFrom + column - 1, text.length);
  const lineEnd = lineFrom + (lines[line - 1]?.trimEnd().length ?? 0);
  const to = all.find((spot) => spot.from === from)?.to ?? Math.max(lineEnd, from);
  const fix = help && fixOf(help);
  return { from, to, severity, message: sentence(message), ...(fix && { fix }) };
}

const fixOf = (help: NonNullable<Finding['help']>): Fix =>
  'replaceBy' in help ? { type: 'replace', by: help.replaceBy } : { type: 'add-key', variable: help.variable };

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.?]$/.test(text) ? '' : '.');

/** Models without a price, where the price table knows their provider: a slip of the fingers, or newer than the table. */
function unknownModels(text: string, all: readonly Spot[], models: ModelBook): readonly Remark[] {
  const root = configValue(text) ?? {};
  return all.flatMap((spot): readonly Remark[] => {
    const { kind, path, value, from, to } = spot;
    if (kind !== 'value' || path[0] !== 'model_list' || path.at(-1) !== 'model' || path.length !== 4) return [];
    const entry = objectIn(valueAt(root, path.slice(0, 2)));
    const known = typeof value === 'string' ? models.about(value, entry) : undefined;
    if (known === undefined || known.price !== undefined || hasOwnServer(entry)) return [];
    const ids = models.ids(known.provider);
    if (ids.length === 0) return [];
    const meant = nearest(known.id, ids);
    const what = `\`${known.id}\` is not among the models of ${known.provider.title} whose price is known`;
    if (meant === undefined)
      return [{ from, to, severity: 'information', message: `${what}. Its calls count as \`unknown_price\` says.` }];
    const by = String(value).slice(0, -known.id.length) + meant;
    return [
      { from, to, severity: 'warning', message: `${what}; did you mean \`${meant}\`?`, fix: { type: 'replace', by } },
    ];
  });
}

/** Another server may have any models. */
const hasOwnServer = (entry: JsonObject): boolean => {
  const { api_base: base, base_url: other } = objectIn(entry.litellm_params);
  return (base ?? other) != null;
};

function plain(text: string, { path, from, to }: PlainSecret, { facts, models, environment }: RemarkPorts): Remark {
  const name = variableFor(path, configValue(text) ?? {}, { facts, models });
  const variable = firstFree(name, (one) => environment(one) === undefined);
  const message = `A secret stands here in plain text. It belongs in the secret storage, with os.environ/${variable} in its place.`;
  return { from, to, severity: 'warning', message, fix: { type: 'hide-secret', variable } };
}

/** The variable that such a secret usually stands under. */
export function variableFor(
  path: readonly (string | number)[],
  root: Json,
  { facts, models }: Pick<RemarkPorts, 'facts' | 'models'>,
): string {
  const key = String(path.findLast((step) => typeof step === 'string'));
  const bare = key.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  if (path[0] === 'environment_variables') return key;
  if (path[0] === 'general_settings' && key === 'master_key') return 'LITELLM_MASTER_KEY';
  if (path[0] !== 'model_list') return bare;
  const model = stringIn(objectIn(valueAt(root, [...path.slice(0, 2), 'litellm_params'])).model) ?? '';
  const provider = models.about(model.replaceAll('*', 'x'))?.provider.name;
  const [usual] = (provider === undefined ? undefined : facts[provider]?.keyVariables) ?? [];
  return key === 'api_key' && usual !== undefined ? usual : bare;
}

/** `NAME`, else `NAME_2` and so on. */
export function firstFree(name: string, isFree: (name: string) => boolean): string {
  if (isFree(name)) return name;
  let count = 2;
  while (!isFree(`${name}_${count}`)) count++;
  return `${name}_${count}`;
}
