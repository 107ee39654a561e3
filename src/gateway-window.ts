import { setTimeout as delay } from 'node:timers/promises';
import { askGateway } from './admin/gateway-client.ts';
import { Failure, toFailure } from './chat/failure.ts';
import { environmentOf, withVariables, type Environment } from './config/environment.ts';
import { judge, type Verdict } from './windows/election.ts';
import { readHolderFile, type HolderFile } from './windows/holder-file.ts';
import { follow } from './windows/presence.ts';
import { WindowKeys, type ChangedVariables } from './windows/window-keys.ts';
import { live, type HoldEnd, type WindowPorts } from './windows/window.ts';
import type { FromGatewayThread, GatewayThreadData, StartTrouble, Variables } from './windows/worker-messages.ts';
import type { HeldGateway } from './hold-gateway.ts';
import { bindPort, portInUse, type BoundPort } from './http/bound-port.ts';

type Tell = (message: FromGatewayThread) => void;

/** A window's part in the one gateway of all windows: it holds it, or uses the one that another window holds. */
export class GatewayWindow implements WindowPorts {
  readonly version: string;
  readonly port: number;
  readonly random = Math.random;
  readonly #data: GatewayThreadData;
  readonly #tell: Tell;
  readonly #stopping = new AbortController();
  readonly #keys: WindowKeys;
  readonly #life: Promise<void>;
  #held: HeldGateway | undefined;
  #adopted: HolderFile | undefined;
  /** What this window was told and no holder has yet. */
  #unsent: ChangedVariables = {};

  constructor(data: GatewayThreadData, tell: Tell) {
    this.version = data.version;
    this.port = data.port;
    this.#data = data;
    this.#tell = tell;
    this.#keys = new WindowKeys(data.variables);
    this.#life = live(this, this.#signal);
  }

  get #signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Takes the keys as this window's editor knows them now. */
  setVariables(told: Variables): void {
    const changed = this.#keys.learn(told);
    if (Object.keys(changed).length === 0) return;
    if (this.#held === undefined) {
      this.#unsent = { ...this.#unsent, ...changed };
      this.#send();
    } else {
      // What goes wrong there is in the log.
      this.#held.keysChanged(changed).catch(() => undefined);
    }
  }

  /** Resolves when there is nothing left of this window's part. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled([this.#held?.stop(graceMs), this.#life]);
  }

  async hold(): Promise<HoldEnd> {
    const expectedKeys = readHolderFile(this.#data.holderFile)?.keys ?? [];
    const bound = await this.#bind();
    if (typeof bound === 'string') return bound;
    // Most windows never hold the gateway, and need none of its code.
    const { HeldGateway: Held } = await import('./hold-gateway.ts');
    if (this.#signal.aborted) {
      await bound.giveUp(closed);
      return 'over';
    }
    const { environment } = this;
    this.#held = new Held({
      ...{ bound, expectedKeys, environment },
      ...{ data: this.#data, keys: this.#keys, tell: this.#tell },
    });
    this.#unsent = {};
    const end = await this.#held.over;
    this.#held = undefined;
    return end;
  }

  judge(): Promise<Verdict> {
    return judge(this.#data);
  }

  async adopt(holder: HolderFile): Promise<void> {
    this.#adopted = holder;
    this.#tell({ type: 'ready', port: holder.port, adminKey: holder.token, adopted: true });
    this.#send();
    await follow(holder, this.#tell, this.#signal);
    this.#adopted = undefined;
    if (!this.#signal.aborted) this.#tell({ type: 'starting' });
  }

  outlive(holder: HolderFile): Promise<void> {
    return follow(holder, () => undefined, this.#signal);
  }

  async askToLeave(holder: HolderFile): Promise<void> {
    // One that leaves at once may not answer any more.
    await askGateway(accessOf(holder), '/purser/handover', {}).catch(() => undefined);
  }

  fail(trouble: StartTrouble): void {
    this.#tell({ type: 'failed', ...trouble });
  }

  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  readonly environment: Environment = (name) => {
    const told = { ...this.#keys.inForce, ...this.#data.network };
    return withVariables(environmentOf({ processEnv: told }), process.env)(name);
  };

  async #bind(): Promise<BoundPort | HoldEnd> {
    const { host, port, owner, version, holderFile: file } = this.#data;
    try {
      const onUnwritten = (error: unknown): void =>
        this.#tell({ type: 'log', level: 'warn', line: `${file} cannot be written: ${String(error)}` });
      return await bindPort({ host, port, owner, version, file, keys: this.#keys.names, onUnwritten });
    } catch (error) {
      const { code, message } = toFailure(error);
      if (code === portInUse) return 'taken';
      this.fail({ why: 'other', message });
      return 'over';
    }
  }

  #send(): void {
    if (this.#adopted === undefined || Object.keys(this.#unsent).length === 0) return;
    const sent = this.#unsent;
    this.#unsent = {};
    askGateway(accessOf(this.#adopted), '/purser/variables', { variables: sent }).catch((error: unknown) => {
      this.#unsent = { ...sent, ...this.#unsent };
      const line = `The keys could not be passed on yet: ${toFailure(error).message}`;
      this.#tell({ type: 'log', level: 'warn', line });
    });
  }
}

const closed = new Failure('stopping', 'This window is closed.', { retryAfter: 1 });

const accessOf = ({ host, port, token }: HolderFile) => ({ url: `http://${host}:${port}`, adminKey: token });
