import { join } from 'node:path';
import { configRoutes } from './admin/config-routes.ts';
import { windowRoutes, type WindowHost } from './admin/window-routes.ts';
import { Failure, toFailure } from './chat/failure.ts';
import type { Environment } from './config/environment.ts';
import { watchConfig } from './config/watch.ts';
import { configFileAt } from './config-file.ts';
import { eraseIfAsked } from './erase.ts';
import { readAgain, readConfiguration, type ConfigurationPlace } from './configuration.ts';
import { adminKeyOf } from './windows/admin-key.ts';
import type { HoldEnd } from './windows/window.ts';
import type { ChangedVariables, WindowKeys } from './windows/window-keys.ts';
import type { FromGatewayThread, GatewayThreadData, StartTrouble } from './windows/worker-messages.ts';
import type { BoundPort } from './http/bound-port.ts';
import { folderInUse } from './ledger/lock.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';

export interface Holding {
  readonly data: GatewayThreadData;
  readonly bound: BoundPort;
  readonly keys: WindowKeys;
  readonly environment: Environment;
  /** Keys that the holder before had. */
  readonly expectedKeys: readonly string[];
  readonly tell: (message: FromGatewayThread) => void;
}

/** How long a stream may go on when the port is handed over: as long as in a window that is closed. */
const handOverGraceMs = 3_000;
/** Twice the 4 s that a window takes to leave. */
const folderPatienceMs = 8_000;

/** A gateway on a bound port, for the window's own editor and for the other windows. */
export class HeldGateway implements WindowHost {
  readonly over: Promise<HoldEnd>;
  readonly #holding: Holding;
  readonly #place: ConfigurationPlace;
  /** Of the keys that the holder before had, those that this window does not know. */
  readonly #missing: Set<string>;
  readonly #unwatch: () => void;
  #gateway: RunningGateway | undefined;
  #end: (how: HoldEnd) => void = () => undefined;
  /** One thing after another: an edit may come while the gateway starts. */
  #turn: Promise<unknown>;

  constructor(holding: Holding) {
    const { data, environment, expectedKeys, tell } = holding;
    this.#holding = holding;
    this.#place = {
      ...{ file: data.configFile, environment, orStarter: true },
      say: (level, line) => tell({ type: 'log', level, line }),
    };
    this.#missing = new Set(expectedKeys.filter((name) => environment(name) === undefined));
    this.over = new Promise((resolve) => (this.#end = resolve));
    this.#unwatch = watchConfig(data.configFile, () => void this.#refresh());
    this.#turn = this.#start();
  }

  /** What changed is in the keys already. Tells whether the configuration that was read again was taken. */
  keysChanged(changed: ChangedVariables): Promise<boolean> {
    for (const name of Object.keys(changed)) this.#missing.delete(name);
    this.#announceKeys();
    return this.#refresh();
  }

  readonly setVariables = (changed: ChangedVariables): Promise<boolean> => {
    this.#holding.keys.merge(changed);
    return this.keysChanged(changed);
  };

  readonly handOver = (): void => {
    this.#place.say('info', 'A newer Purser in another window takes over.');
    void this.#leave(handOverGraceMs, 'handed-over');
  };

  stop(graceMs: number): Promise<void> {
    return this.#leave(graceMs, 'over');
  }

  async #start(): Promise<void> {
    const { bound, data, tell } = this.#holding;
    try {
      this.#announceKeys();
      if (await eraseIfAsked(data, folderPatienceMs)) this.#place.say('info', 'All data was deleted, as asked for.');
      const config = await readConfiguration(this.#place);
      if (config === undefined) {
        await bound.giveUp(new Failure('stopping', mistakes));
        tell({ type: 'failed', why: 'configuration', message: mistakes });
        return;
      }
      this.#gateway = await this.#serve(config);
      const missing = this.#missing.size > 0 && { missingKeys: [...this.#missing] };
      tell({ type: 'ready', port: bound.port, adminKey: bound.holder.token, ...missing });
    } catch (error) {
      await bound.giveUp(new Failure('stopping', 'Purser could not start; its log says why.'));
      tell({ type: 'failed', ...troubleOf(error) });
      this.#ended('over');
    }
  }

  #serve(config: Parameters<RunningGateway['configure']>[0]): Promise<RunningGateway> {
    const { bound, data, environment } = this.#holding;
    const { dataFolder } = data;
    const adminKey = adminKeyOf(config.masterKey ?? environment('LITELLM_MASTER_KEY'), dataFolder).secret;
    return startGateway(bound, {
      ...{ config, environment, adminKey, dataFolder, folderPatienceMs, files, write: this.#place.say },
      hasSuccessors: true,
      routes: [...windowRoutes(this), ...configRoutes(configFileAt(data.configFile, this.#place))],
    });
  }

  #refresh(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#gateway === undefined) {
        this.#ended('changed');
        return false;
      }
      const isTaken = await readAgain(this.#place, this.#gateway.configure);
      const { bound, tell } = this.#holding;
      tell({ type: 'configured', isTaken });
      bound.holder.tell({ type: 'configured', isTaken });
      return isTaken;
    });
  }

  async #leave(graceMs: number, how: HoldEnd): Promise<void> {
    this.#unwatch();
    await this.#inTurn(async () => this.#gateway?.stop(graceMs)).finally(() => this.#ended(how));
  }

  #ended(how: HoldEnd): void {
    this.#unwatch();
    this.#end(how);
  }

  #announceKeys(): void {
    const { bound, keys } = this.#holding;
    bound.holder.setKeys([...new Set([...keys.names, ...this.#missing])]);
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(run);
    this.#turn = done.catch((error: unknown) => this.#place.say('error', String(error)));
    return done;
  }
}

const beside = (name: string): string => join(import.meta.dirname, name);
const files = {
  ledgerThread: beside('ledger-thread.js'),
  tokenThread: beside('token-thread.js'),
  wasm: beside('sql-wasm.wasm'),
};

const mistakes = 'The configuration has mistakes, which the log names. The gateway starts as soon as they are mended.';

const otherProcess = 'Another Purser has the data of this one, at another port. When it ends, this one starts.';

function troubleOf(error: unknown): StartTrouble {
  const { code, message } = toFailure(error);
  return code === folderInUse ? { why: 'folder-taken', message: otherProcess } : { why: 'other', message };
}
