import { dirname, isAbsolute, join } from 'node:path';
import { isArray, isObject, type JsonObject } from '../lib/json.ts';
import { checkBudgets } from './budgets.ts';
import type { Config, DeploymentConfig, Finding } from './config.ts';
import { deploymentOf } from './deployment.ts';
import { type Environment, withVariables } from './environment.ts';
import { inOrderOfText, newReport, type Report } from './findings.ts';
import { checkKeys } from './known-keys.ts';
import { quoted } from './quote.ts';
import { check, mistake, type ProviderFacts, readAs, type Reading, remark, resolved, valueAt } from './reading.ts';
import { checkFallbacks } from './routing.ts';
import { environmentVariables, include, modelEntry, modelList } from './schema.ts';
import { configOf, isWeak, mergedSettings, readSettings, type Settings, weakKey } from './settings.ts';
import { type Path, readSource, type Source } from './source.ts';

export interface LoadRequest {
  readonly text: string;
  /** For findings, and to find what it includes; absent for the built-in starter. */
  readonly file?: string;
  readonly environment: Environment;
  /** By prefix: `openai` in `openai/gpt-4o`. */
  readonly providers: Readonly<Record<string, ProviderFacts>>;
  /** The text of an included file; throws, or gives undefined, when there is none. */
  readonly readFile?: (file: string) => string | undefined;
  /** IANA name, for budgets' windows when the file names none; the system's if absent. */
  readonly timeZone?: string;
  /** Entries of model_list that a file stands for that has and includes none. */
  readonly otherwise?: readonly JsonObject[];
}

export interface LoadResult {
  /** Absent when there is any error. */
  readonly config?: Config;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Reads a configuration: every mistake is reported with its place, and no secret stands in any report. */
export function loadConfig(request: LoadRequest): LoadResult {
  const report = newReport();
  const read = readSource(request.file ?? 'the built-in configuration', request.text, report);
  const main = read && withModels(read, request.otherwise);
  const sources = main === undefined ? [] : withIncludes(main, request, report);
  const environment = fullEnvironment(request, sources, report);
  const parts = sources.map((source) => readPart({ source, environment, providers: request.providers, report }));
  const deployments = distinct(parts);
  const [first] = parts;
  if (first !== undefined) checkWhole(first, parts, environment);
  const warnings = inOrderOfText(report.warnings);
  if (report.errors.length > 0) return { errors: inOrderOfText(report.errors), warnings };

  const settings = mergedSettings(parts.map((part) => part.settings));
  const masterKey = environment('LITELLM_MASTER_KEY');
  const timeZone = request.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const config: Config = {
    ...(request.file !== undefined && { file: request.file }),
    ...configOf(settings, { masterKey, timeZone }),
    deployments,
    warnings,
  };
  return { config: frozen(config), errors: [], warnings };
}

const withModels = (source: Source, models: readonly JsonObject[] | undefined): Source =>
  models === undefined || (source.root.model_list ?? source.root.include) != null
    ? source
    : { ...source, root: { ...source.root, model_list: models } };

/** One file's share of the configuration. */
interface Part {
  readonly reading: Reading;
  readonly settings: Settings;
  readonly entries: readonly Entry[];
  /** Whether it lists any model, callable or not. */
  readonly hasModels: boolean;
}
interface Entry {
  readonly path: Path;
  readonly hasOwnId: boolean;
  readonly deployment: DeploymentConfig;
}

/** The file, then what it includes, and so on. */
function withIncludes(
  source: Source,
  request: LoadRequest,
  report: Report,
  seen = new Set([source.file]),
): readonly Source[] {
  const sources = [source];
  const reading: Reading = { source, report, environment: request.environment, providers: request.providers };
  for (const [index, name] of (readAs(reading, ['include'], include) ?? []).entries()) {
    const path = isArray(source.root.include) ? ['include', index] : ['include'];
    const file = isAbsolute(name) ? name : join(dirname(source.file), name);
    const text = seen.has(file) ? undefined : textOf(file, request);
    if (seen.has(file)) remark(reading, path, `${quoted(name)} is included already`);
    else if (text === undefined) mistake(reading, path, "a readable file, its path beginning at this file's folder");
    seen.add(file);
    const included = text === undefined ? undefined : readSource(file, text, report);
    if (included !== undefined) sources.push(...withIncludes(included, request, report, seen));
  }
  return sources;
}

function textOf(file: string, { readFile }: LoadRequest): string | undefined {
  try {
    return readFile?.(file);
  } catch {
    return undefined;
  }
}

/** The environment with the files' `environment_variables`, which may themselves be references. */
function fullEnvironment(request: LoadRequest, sources: readonly Source[], report: Report): Environment {
  const added: Record<string, string> = {};
  for (const source of sources) {
    const reading: Reading = { source, report, environment: request.environment, providers: request.providers };
    const variables = readAs(reading, ['environment_variables'], environmentVariables) ?? {};
    for (const [name, value] of Object.entries(variables)) added[name] = String(value);
  }
  return withVariables(request.environment, added);
}

function readPart(reading: Reading): Part {
  checkKeys(reading, 'file', []);
  for (const section of ['litellm_settings', 'router_settings', 'general_settings'] as const) {
    checkKeys(reading, section, [section]);
  }
  const settings = readSettings(reading);
  const raw = reading.source.root.model_list ?? [];
  const list = check(reading, ['model_list'], raw, modelList) ?? []; // its entries are resolved one by one
  const entries = list.flatMap((_, index) => readEntry(reading, ['model_list', index]) ?? []);
  return { reading, settings, entries, hasModels: !isArray(raw) || raw.length > 0 };
}

function readEntry(reading: Reading, path: Path): Entry | undefined {
  checkKeys(reading, 'model_list', path);
  checkKeys(reading, 'litellm_params', [...path, 'litellm_params']);
  const raw = valueAt(reading.source.root, path) ?? null;
  const entry = check(reading, path, resolved(reading, path, raw), modelEntry);
  const deployment = entry && deploymentOf(reading, path, entry);
  return deployment && { path, deployment, hasOwnId: entry.model_info?.id !== undefined };
}

/** Ids must be distinct: health and ledger go by them. An entry that stands twice word for word counts once. */
function distinct(parts: readonly Part[]): readonly DeploymentConfig[] {
  const byId = new Map<string, DeploymentConfig>();
  for (const { reading, entries } of parts) {
    for (const { path, deployment, hasOwnId } of entries) {
      if (!byId.has(deployment.id)) byId.set(deployment.id, deployment);
      else if (hasOwnId) mistake(reading, [...path, 'model_info', 'id'], 'an id that no other entry has');
      else remark(reading, path, `the model ${quoted(deployment.name)} stands twice, word for word, and counts once`);
    }
  }
  return [...byId.values()];
}

/** What only all files together can tell. */
function checkWhole({ reading }: Part, parts: readonly Part[], environment: Environment): void {
  const { source, report } = reading;
  const saysNothing = parts.every((part) => Object.keys(part.reading.source.root).length === 0);
  if (saysNothing) report.warn(source, [], `the file says nothing; to offer a model, write ${example}`);
  else if (!parts.some((part) => part.hasModels) && (source.root.include === undefined || report.errors.length === 0)) {
    mistake(reading, ['model_list'], `at least one model, such as ${example}`);
  }
  const deployments = parts.flatMap(({ entries }) => entries.map(({ deployment }) => deployment));
  const names = deployments.map(({ name }) => name);
  const aliases = parts.flatMap(({ settings }) => Object.keys(settings.router.model_group_alias ?? {}));
  const isServed = (model: string): boolean => aliases.includes(model) || names.some((name) => serves(name, model));
  for (const part of parts) {
    checkAliases(part, names);
    checkFallbacks(part.reading, part.settings, isServed);
    checkBudgets(part.reading, part.settings, { deployments, isServed });
  }

  const masterKey = environment('LITELLM_MASTER_KEY');
  const isUsed = parts.every((part) => !part.settings.general.master_key);
  if (isUsed && masterKey !== undefined && isWeak(masterKey)) report.warn(source, [], `LITELLM_MASTER_KEY ${weakKey}`);
}

const example = 'model_list: [{ model_name: gpt-4o, litellm_params: { model: openai/gpt-4o } }]';

function checkAliases({ reading, settings }: Part, names: readonly string[]): void {
  for (const [name, alias] of Object.entries(settings.router.model_group_alias ?? {})) {
    const model = typeof alias === 'string' ? alias : alias.model;
    if (names.some((pattern) => serves(pattern, model))) continue;
    const path = ['router_settings', 'model_group_alias', name];
    remark(reading, path, `${quoted(name)} stands for ${quoted(model)}, which no entry of model_list serves`);
  }
}

function serves(pattern: string, model: string): boolean {
  const [head = '', tail] = pattern.split('*');
  return tail === undefined
    ? pattern === model
    : model.length > head.length + tail.length && model.startsWith(head) && model.endsWith(tail);
}

function frozen<T>(value: T): T {
  if (isObject(value) || isArray(value)) {
    for (const member of Object.values(value as JsonObject)) frozen(member);
    Object.freeze(value);
  }
  return value;
}
