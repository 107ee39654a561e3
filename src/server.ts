import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configRoutes } from './admin/config-routes.ts';
import { Failure, toFailure } from './chat/failure.ts';
import { beside, configFile, defaultDataFolder, say, surroundingsOf } from './command-line.ts';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import { watchConfig } from './config/watch.ts';
import { configFileAt } from './config-file.ts';
import { readAgain, readConfiguration } from './configuration.ts';
import { adminKeyOf, type AdminKey } from './windows/admin-key.ts';
import { bindPort, portInUse, whoseTaken, type BoundPort } from './http/bound-port.ts';
import { startGateway } from './start-gateway.ts';
import { version } from './version.ts';

/**
 * The headless head: `node dist/server.js [--config FILE] [--port 4000] [--host 127.0.0.1] [--data-dir DIR]`, or
 * `node dist/server.js ledger ...`. Wiring only.
 */
async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'ledger') {
    const { ledgerCommand } = await import('./ledger-command.ts');
    process.exitCode = await ledgerCommand(rest);
    return;
  }
  const options = optionsOf(process.argv.slice(2));
  const file = configFile(options.config);
  const { dotEnv, environment } = surroundingsOf(file);
  // The starter's end, once someone writes it.
  const written = file ?? 'config.yaml';
  const place = { file, environment, orStarter: file === undefined, say };
  const config = await readConfiguration(place);
  if (config === undefined) return void (process.exitCode = 1);
  const adminKey = adminKeyOf(config.masterKey ?? environment('LITELLM_MASTER_KEY'), options.dataFolder);
  const bound = await bindHere(options);
  const gateway = await startGateway(bound, {
    config,
    environment,
    adminKey: adminKey.secret,
    dataFolder: options.dataFolder,
    files: {
      ledgerThread: beside('ledger-thread.js'),
      tokenThread: beside('token-thread.js'),
      wasm: beside('sql-wasm.wasm'),
    },
    write: say,
    routes: configRoutes(configFileAt(written, { ...place, orStarter: false })),
  });
  const unwatch = watchConfig(written, () => void readAgain({ ...place, file: written }, gateway.configure));
  stopOnSignal(async () => {
    unwatch();
    await gateway.stop(10_000);
  });
  greet({ ...options, port: bound.port, config, adminKey, key: keyForShell(adminKey, environment, dotEnv) });
}

interface Options {
  readonly config: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      'data-dir': { type: 'string' },
    },
  });
  const port = Number(values.port ?? 4000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${String(values.port)} is no port; give a number up to 65535.`);
  return {
    config: values.config,
    port,
    host: values.host ?? '127.0.0.1',
    dataFolder: resolve(values['data-dir'] ?? defaultDataFolder()),
  };
}

/** Binds the port, and names the Purser that has it already. */
async function bindHere({ host, port, dataFolder }: Options): Promise<BoundPort> {
  const file = join(dataFolder, 'gateway.json');
  const onUnwritten = (error: unknown): void => say('warn', `${file} cannot be written: ${String(error)}`);
  try {
    return await bindPort({ host, port, file, owner: 'the headless server', version, keys: [], onUnwritten });
  } catch (error) {
    const whose = toFailure(error).code === portInUse ? await whoseTaken({ host, port }) : undefined;
    throw whose === undefined ? error : new Failure('internal', whose, { cause: error });
  }
}

/** The first signal drains; a second one ends at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say('error', `Purser did not stop cleanly: ${toFailure(error).message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

interface Greeting {
  readonly host: string;
  readonly port: number;
  readonly config: Config;
  readonly adminKey: AdminKey;
  /** What a shell makes the admin key of. */
  readonly key: string;
  readonly dataFolder: string;
}

function greet({ host, port, config, adminKey, key, dataFolder }: Greeting): void {
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const exposed = !['127.0.0.1', 'localhost', '::1'].includes(host);
  if (exposed)
    say(
      'warn',
      `Purser listens on ${host}: everyone who reaches this machine can reach it. Add its names to general_settings.allowed_hosts.`,
    );
  const model = config.deployments.find(({ name }) => !name.includes('*'))?.name ?? 'demo';
  say(
    'info',
    `Purser answers on ${address} (OpenAI base URL: ${address}/v1) with ${config.deployments.length} deployments.`,
  );
  say('info', `Panel: ${address}/ui (log in with the admin key)`);
  say('info', `Data: ${dataFolder}`);
  if (adminKey.isNew) say('info', `A new admin key was made and kept there; it is shown only now: ${adminKey.secret}`);
  say('info', 'Try it:');
  say(
    'info',
    `curl ${address}/v1/chat/completions -H "authorization: Bearer ${key}" -H 'content-type: application/json' -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'`,
  );
}

/** The admin key as a shell finds it where it stands: printed at every start, it would stay in logs. */
function keyForShell({ secret, file }: AdminKey, environment: Environment, dotEnv: string): string {
  const name = 'LITELLM_MASTER_KEY';
  if (file !== undefined) return `$(cat ${inQuotes(file)})`;
  const isInDotEnv = process.env[name] !== secret && environment(name) === secret;
  return isInDotEnv ? `$(. ${inQuotes(dotEnv)}; echo $${name})` : `$${name}`;
}

const inQuotes = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  say('error', message);
  process.exit(1);
});
