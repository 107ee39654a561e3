import { createWriteStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { askGateway } from './admin/gateway-client.ts';
import { correctedOf, correctionTold, type Corrected } from './admin/ledger-routes.ts';
import { exported } from './admin/report-export.ts';
import { Failure, toFailure } from './chat/failure.ts';
import { fromDollars } from './chat/money.ts';
import { beside, configFile, defaultDataFolder, say, surroundingsOf } from './command-line.ts';
import type { Config } from './config/config.ts';
import { readConfiguration } from './configuration.ts';
import { adminKeyOf } from './windows/admin-key.ts';
import { openStore, type Store } from './gateway/store.ts';
import { verifyLedger } from './gateway/verify-ledger.ts';
import { correctionFor } from './ledger/correct.ts';
import { ledgerInThisThread } from './ledger/folder-ledger.ts';
import type { RowFilter } from './ledger/ledger.ts';
import { folderInUse, lockFolder } from './ledger/lock.ts';
import { defined } from './lib/json.ts';
import { systemClock } from './lib/time.ts';

const help = `Looks after the ledger in Purser's data folder.

  ledger verify                       reads everything and reports what is damaged or does not agree
  ledger export [FILTERS]             writes the calls, newest first, as CSV or JSON
  ledger compact                      rolls old calls up into daily sums, and gives the room back
  ledger correct CALL USD             mends what a call cost; budgets and reports count the new cost

  --data-dir DIR                      the data folder; without it the user's own
  --config FILE                       as when the gateway is started; it says how much is kept and in which time zone

Filters of export:
  --since DATE   --until DATE         such as 2026-11-01 (UTC) or 2026-11-01T08:00+01:00; until is exclusive
  --key ID       --project ID         --model NAME
  --format csv|json                   csv unless --output ends in .json
  --output FILE                       without it the calls go to the standard output

Of correct:
  --reason TEXT                       stands beside the new cost
  --url http://127.0.0.1:4000         where the gateway answers, if one runs on the folder

Examples:
  node dist/server.js ledger verify
  node dist/server.js ledger export --since 2026-11-01 --project website --output november.csv
  node dist/server.js ledger correct 6f1c2a34-0000-4000-8000-1a2b3c4d5e6f 0.0125 --reason "as on the invoice"

verify ends with 0 if all is well and with 1 if not; so do the others. compact needs the folder for itself: stop the
gateway first. The others may be used while it runs.`;

/** `node dist/server.js ledger ...`; answers with the exit code. */
export async function ledgerCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = optionsOf(args);
  const [name, ...rest] = positionals;
  if (values.help || name === undefined) {
    say('info', help);
    return values.help ? 0 : 1;
  }
  const run = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (run === undefined) throw new Error(`There is no command ledger ${name}. Try: ledger --help`);
  const folder = resolve(values['data-dir'] ?? defaultDataFolder());
  if (!existsSync(folder)) throw new Error(`There is no data folder ${folder}. Name it with --data-dir.`);
  return run({ folder, values, rest });
}

const options = {
  help: { type: 'boolean', short: 'h' },
  'data-dir': { type: 'string' },
  config: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  key: { type: 'string' },
  project: { type: 'string' },
  model: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  reason: { type: 'string' },
  url: { type: 'string' },
} as const;

const optionsOf = (args: readonly string[]) => parseArgs({ args: [...args], options, allowPositionals: true });

interface Asked {
  readonly folder: string;
  readonly values: ReturnType<typeof optionsOf>['values'];
  readonly rest: readonly string[];
}

const commands = { verify, export: exportCalls, compact, correct };

const wasm = (): string => beside('sql-wasm.wasm');

async function verify({ folder, values }: Asked): Promise<number> {
  const settings = await configOf(values.config);
  const isInUse = await isHeld(folder);
  const { facts, faults } = await verifyLedger({ folder, wasm: wasm(), settings, clock: systemClock, isInUse });
  say('info', `Data folder ${folder}${isInUse ? ', in use by a gateway' : ''}:`);
  for (const fact of facts) say('info', `  ${fact}`);
  for (const fault of faults) say('error', fault);
  if (faults.length === 0) say('info', 'Everything agrees.');
  return faults.length === 0 ? 0 : 1;
}

async function exportCalls({ folder, values }: Asked): Promise<number> {
  const format = values.format ?? (values.output?.endsWith('.json') ? 'json' : 'csv');
  if (format !== 'csv' && format !== 'json') throw new Error(`--format ${format} is not known; it may be csv or json.`);
  const filter: RowFilter = defined({
    since: dateOf(values.since, '--since'),
    until: dateOf(values.until, '--until'),
    key: values.key,
    project: values.project,
    model: values.model,
  });
  const ledger = ledgerInThisThread({ folder, wasm: wasm() });
  try {
    const { pieces } = exported(ledger, filter, format);
    const target = values.output === undefined ? process.stdout : createWriteStream(values.output);
    await pipeline(Readable.from(pieces), target, { end: values.output !== undefined });
    await tellOfSums(ledger, filter);
  } catch (error) {
    if (!isClosedPipe(error)) throw error; // `| head` has seen enough
  } finally {
    await ledger.close();
  }
  return 0;
}

const isClosedPipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE';

/** What was rolled up has no lines: whoever adds them up must know. */
async function tellOfSums(ledger: ReturnType<typeof ledgerInThisThread>, filter: RowFilter): Promise<void> {
  const rows = await ledger.count(filter);
  const calls = (await ledger.sums('key', filter)).reduce((all, sum) => all + sum.calls, 0);
  if (calls > rows)
    say('warn', `${calls - rows} older calls are not among these ${rows}: they are kept as sums alone.`);
}

async function compact({ folder, values }: Asked): Promise<number> {
  const config = await configOf(values.config);
  const ledger = ledgerInThisThread({
    folder,
    wasm: wasm(),
    keep: { rows: config.ledgerRows, days: config.ledgerDays },
  });
  const store = await openedStore(folder, config, ledger);
  const dropped = await ledger.compact().finally(() => store.close());
  say('info', `${dropped.toLocaleString('en-US')} calls were rolled up into sums.`);
  return 0;
}

async function correct({ folder, values, rest }: Asked): Promise<number> {
  const [call, dollars, ...more] = rest;
  const cost = Number(dollars);
  if (call === undefined || dollars === undefined || more.length > 0)
    throw new Error('Say which call, and what it cost: ledger correct CALL USD [--reason TEXT]');
  if (!Number.isFinite(cost) || cost < 0) throw new Error(`${dollars} is no amount in dollars, such as 0.0125.`);
  const asked = { call, cost, reason: values.reason ?? 'corrected on the command line' };
  const config = await configOf(values.config);
  try {
    say('info', correctionTold(await correctHere(folder, config, asked)));
  } catch (error) {
    if (toFailure(error).code !== folderInUse) throw error;
    say('info', correctionTold(await correctThere(folder, values, asked)));
  }
  return 0;
}

interface Wanted {
  readonly call: string;
  /** Dollars. */
  readonly cost: number;
  readonly reason: string;
}

async function correctHere(folder: string, config: Config, { call, cost, reason }: Wanted): Promise<Corrected> {
  const store = await openedStore(folder, config, ledgerInThisThread({ folder, wasm: wasm() }));
  try {
    const at = systemClock.now();
    const record = await correctionFor(store.ledger, { call, cost: fromDollars(cost), reason, at });
    await store.books.change(record);
    return correctedOf(call, record.row.cost, record.cost);
  } finally {
    await store.close();
  }
}

/** Through the gateway that has the folder. */
async function correctThere(folder: string, values: Asked['values'], wanted: Wanted): Promise<Corrected> {
  const { environment } = surroundingsOf(configFile(values.config));
  const config = await configOf(values.config);
  const adminKey = adminKeyOf(config.masterKey ?? environment('LITELLM_MASTER_KEY'), folder).secret;
  const access = { url: values.url ?? 'http://127.0.0.1:4000', adminKey };
  return (await askGateway(access, '/purser/ledger/correct', { ...wanted })) as Corrected;
}

/** Its mistakes are said; without it nobody knows how much is to be kept. */
async function configOf(asked: string | undefined): Promise<Config> {
  const file = configFile(asked);
  const { environment } = surroundingsOf(file);
  const quietly = (level: 'info' | 'warn' | 'error', line: string): void => {
    if (level === 'error') say(level, line);
  };
  const config = await readConfiguration({ file, environment, orStarter: file === undefined, say: quietly });
  if (config === undefined) throw new Error('The configuration has mistakes.');
  return config;
}

function openedStore(folder: string, settings: Config, ledger: ReturnType<typeof ledgerInThisThread>): Promise<Store> {
  const tell =
    (level: 'info' | 'warn' | 'error') =>
    (line: string): void =>
      say(level, line);
  const log = { info: tell('info'), warn: tell('warn'), error: tell('error') };
  return openStore({ folder, clock: systemClock, settings, log, ledger });
}

async function isHeld(folder: string): Promise<boolean> {
  try {
    await (await lockFolder(folder)).release();
    return false;
  } catch (error) {
    if (error instanceof Failure && error.code === folderInUse) return true;
    throw error;
  }
}

function dateOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`${option} ${text} is no date, such as 2026-11-01.`);
  return at;
}
