import { createHash } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import type { Config } from '../config/config.ts';
import { deploymentId } from '../config/deployment-id.ts';
import { configValue, editConfig } from '../config/edit.ts';
import { formatFinding } from '../config/findings.ts';
import type { LoadResult } from '../config/load.ts';
import type { Ports } from '../gateway/ports.ts';
import { defined, isArray, numberIn, objectIn, objectsIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import { shaped, ShapeError, type Shaped } from '../lib/shape.ts';
import { Stop } from '../lib/stop.ts';
import { lineDiff } from './config-diff.ts';
import { budgetsIn, changesFor, routingIn } from './config-edits.ts';
import { hiding, variableOf } from './config-secrets.ts';
import { configEditParams, type configEditResult, type Configuration, type DeploymentValues } from './config-shape.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** The file that a head reads its configuration from, which need not be there yet. */
export interface ConfigFile {
  readonly path: string;
  /** Undefined where there is none. */
  readonly read: () => Promise<string | undefined>;
  /** What the ordinary loader makes of a text in its place. */
  readonly load: (text: string) => Promise<LoadResult>;
  /** Replaces the file in one step; what was there before is kept beside it. */
  readonly write: (text: string) => Promise<void>;
  /** Entries of model_list that it stands for while it lists none. */
  readonly starter: () => Promise<readonly JsonObject[]>;
}

/** The configuration's file, and edits of it that keep its comments. */
export function configRoutes(file: ConfigFile): readonly AdminRoute[] {
  // One edit after another: a second one must see what the first has written.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = turn.then(run);
    turn = done.catch(() => undefined);
    return done;
  };
  return [
    { method: 'get', paths: ['/purser/config'], access: 'admin', run: () => show(file) },
    {
      method: 'post',
      paths: ['/purser/config/edit'],
      access: 'admin',
      run: (ports, ask) => inTurn(() => edit(ports, file, ask)),
    },
  ];
}

async function show(file: ConfigFile): Promise<Configuration> {
  const text = await file.read();
  const value = configValue(text ?? '');
  const root = objectIn(value);
  return {
    file: file.path,
    exists: text !== undefined,
    version: versionOf(text),
    problem:
      value === undefined ? 'The file is no YAML that can be read; the log says where. Mend it there first.' : null,
    listsModels: (root['model_list'] ?? root['include']) != null,
    entries: objectsIn(root['model_list']).map((entry) => ({
      id: deploymentId(entry),
      holdsSecret: holdsSecret(objectIn(entry['litellm_params'])['api_key']),
      values: valuesOf(entry),
    })),
    routing: routingIn(root),
    budgets: budgetsIn(root),
  };
}

const versionOf = (text: string | undefined): string =>
  text === undefined ? '' : createHash('sha256').update(text).digest('hex');

const holdsSecret = (key: Json | undefined): boolean => key != null && variableOf(key) === undefined;

function valuesOf(entry: JsonObject): DeploymentValues {
  const said = { ...objectIn(entry['model_info']), ...objectIn(entry['litellm_params']) };
  const number = (name: string): number | null => numberIn(said[name]) ?? null;
  const tags = said['tags'];
  return defined({
    model_name: stringIn(entry['model_name']),
    model: stringIn(said['model']),
    key: variableOf(said['api_key']) ?? null,
    api_base: withoutPassword(stringIn(said['api_base']) ?? stringIn(said['base_url'])),
    tags: isArray(tags) ? tags.flatMap((tag) => stringIn(tag) ?? []) : null,
    ...{ order: number('order'), weight: number('weight'), rpm: number('rpm'), tpm: number('tpm') },
    max_parallel_requests: number('max_parallel_requests'),
    input_cost_per_token: number('input_cost_per_token'),
    output_cost_per_token: number('output_cost_per_token'),
    cache_read_input_token_cost: number('cache_read_input_token_cost'),
  });
}

/** An address with a password in it is not shown, and stays as it is. */
const withoutPassword = (base: string | undefined): string | null | undefined =>
  base !== undefined && /\/\/[^/]*@/.test(base) ? undefined : (base ?? null);

type Answer = Shaped<typeof configEditResult>;

async function edit(ports: Ports, file: ConfigFile, { body }: AdminAsk): Promise<Answer> {
  const { version, edits, save } = paramsIn(body);
  const before = await file.read();
  if (versionOf(before) !== version) throw changedMeanwhile(file.path);
  const after = await edited(ports, file, before ?? header, edits);
  const remarks = await remarksOn(file, before ?? '', after);
  const hide = hiding([configValue(before ?? ''), configValue(after)], ports.redact());
  const diff = lineDiff(before ?? '', after).map(({ mark, text }) => ({ mark, text: hide(text) }));
  if (!save || after === before) return { saved: false, taken: false, version, diff, remarks };
  if (versionOf(await file.read()) !== version) throw changedMeanwhile(file.path);
  const config = ports.config();
  await file.write(after);
  return { saved: true, taken: await isTaken(ports, config), version: versionOf(after), diff, remarks };
}

/** What a file begins with that is made here. */
const header =
  "# What Purser runs on: LiteLLM's schema, read again at every change.\n" +
  '# Keys never stand here: os.environ/NAME names a variable, or a key that was added in the editor.\n';

type Params = Shaped<typeof configEditParams>;

function paramsIn(body: JsonObject): Params {
  try {
    return shaped(configEditParams, body, 'params');
  } catch (error) {
    throw error instanceof ShapeError ? invalid(error.message, 'params') : error;
  }
}

/** One edit after another: the later ones find what the earlier ones have made. */
async function edited(ports: Ports, file: ConfigFile, text: string, edits: Params['edits']): Promise<string> {
  const starter = edits.some(({ type }) => type === 'starter') ? await file.starter() : [];
  let now = text;
  for (const one of edits) {
    const root = objectIn(configValue(now));
    const result = editConfig(now, changesFor(one, { root, starter, redact: ports.redact() }));
    if ('problem' in result) throw invalid(result.problem);
    now = result.text;
  }
  return now;
}

/** Loads the text as it would be loaded. Throws its first mistake, with the line. */
async function remarksOn(file: ConfigFile, before: string, after: string): Promise<readonly string[]> {
  const { config, errors } = await file.load(after);
  const [first] = errors;
  if (first !== undefined) throw invalid(`Nothing was written. ${formatFinding(first)}.`);
  const known = new Set((await file.load(before)).config?.warnings.map(({ message }) => message));
  return (config?.warnings ?? []).map(({ message }) => message).filter((message) => !known.has(message));
}

/** A reload comes within a moment of the file's change. */
async function isTaken(ports: Ports, before: Config): Promise<boolean> {
  const signal = new Stop();
  for (let waited = 0; ports.config() === before && waited < mostWaitMs; waited += stepMs)
    await ports.timers.pause(stepMs, signal);
  return ports.config() !== before;
}
const mostWaitMs = 3_000;
const stepMs = 50;

const changedMeanwhile = (path: string): Failure =>
  new Failure(
    'invalid-request',
    `${path} was changed meanwhile, so nothing was written. Close this and open it again to see what stands there now.`,
    { status: 409, param: 'version', code: 'configuration_changed' },
  );
