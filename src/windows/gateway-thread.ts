import type {
  FromGatewayThread,
  GatewayThreadData,
  LogLevel,
  Ready,
  StartFailure,
  StartTrouble,
  ToGatewayThread,
  Variables,
} from './worker-messages.ts';

/** As much of a worker thread as its keeper needs. */
export interface Thread {
  postMessage(message: ToGatewayThread): void;
  on(event: 'message', listener: (message: FromGatewayThread) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  on(event: 'exit', listener: () => void): void;
  terminate(): Promise<unknown>;
}

export type GatewayState =
  | { readonly type: 'starting' }
  | ({ readonly type: 'running'; readonly url: string } & Omit<Ready, 'port'>)
  | {
      readonly type: 'failed';
      readonly why: StartFailure | 'crashed';
      readonly message: string;
      readonly file?: string;
    }
  | { readonly type: 'stopped' };

export interface GatewayThreadOptions {
  readonly start: (data: GatewayThreadData) => Thread;
  /** What the next thread is started with. */
  readonly data: () => Promise<GatewayThreadData>;
  readonly log: (level: LogLevel, line: string) => void;
  readonly onState: (state: GatewayState) => void;
  /** Hears whether the gateway took a configuration that it read again. */
  readonly onConfigured: (isTaken: boolean) => void;
  readonly after?: After;
}

/** Runs something later, milliseconds from now, and gives what calls it off. */
export type After = (ms: number, run: () => void) => () => void;

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** Another process may end at any moment. */
const otherProcessWaitMs = 5_000;

interface Running {
  readonly thread: Thread;
  readonly ended: Promise<void>;
}

/** Keeps one gateway running in a thread: starts it, and starts it again after it died, ever later while it keeps dying. */
export class GatewayThread {
  readonly #options: GatewayThreadOptions;
  readonly #after: After;
  #state: GatewayState = { type: 'stopped' };
  #running: Running | undefined;
  /** Of the last thread that was told to end. */
  #ended = Promise.resolve();
  /** Rises with every start and stop, so that what comes late from an earlier thread is known. */
  #generation = 0;
  #waitMs = firstWaitMs;
  /** Said last; nothing is said twice in a row. */
  #trouble = '';
  #callOff = (): void => undefined;

  constructor(options: GatewayThreadOptions) {
    this.#options = options;
    this.#after = options.after ?? afterTimeout;
  }

  get state(): GatewayState {
    return this.#state;
  }

  /** Ends the thread that runs, if one does, and starts one with the data as they are now. */
  async restart(): Promise<void> {
    this.#become({ type: 'starting' });
    this.#waitMs = firstWaitMs;
    await this.#relaunch();
  }

  /** Tells new keys to the gateway that runs; undefined when nobody knows them. */
  setVariables(variables: Variables | undefined): void {
    if (variables !== undefined) this.#running?.thread.postMessage({ type: 'variables', variables });
  }

  /** Resolves when the thread has ended, after `mostMs` at the latest. */
  async stop(mostMs: number): Promise<void> {
    await this.#end(mostMs);
    this.#become({ type: 'stopped' });
  }

  async #launch(): Promise<void> {
    const mine = (this.#generation += 1);
    try {
      const data = await this.#options.data();
      if (mine === this.#generation) this.#run(this.#options.start(data), data.host, mine);
    } catch (error) {
      this.#options.log('error', `The gateway's thread could not be started: ${traceOf(error)}`);
      if (mine === this.#generation) this.#crashed();
    }
  }

  #run(thread: Thread, host: string, mine: number): void {
    this.#running = { thread, ended: new Promise((resolve) => thread.on('exit', resolve)) };
    thread.on('message', (message) => {
      if (mine === this.#generation) this.#hear(message, host);
    });
    thread.on('error', (error) => this.#options.log('error', `The gateway's thread failed: ${traceOf(error)}`));
    thread.on('exit', () => {
      if (mine === this.#generation) this.#crashed();
    });
  }

  #hear(message: FromGatewayThread, host: string): void {
    switch (message.type) {
      case 'log':
        this.#options.log(message.level, message.line);
        break;
      case 'starting':
        this.#become({ type: 'starting' });
        break;
      case 'ready': {
        const { port, ...ready } = message;
        this.#ready({ ...ready, type: 'running', url: `http://${host}:${port}` });
        break;
      }
      case 'configured':
        this.#options.onConfigured(message.isTaken);
        break;
      case 'failed':
        this.#failed(message);
    }
  }

  #ready(state: GatewayState & { readonly type: 'running' }): void {
    const where = state.adopted ? `runs in another window and answers` : 'answers';
    this.#options.log('info', `The gateway ${where} on ${state.url} (OpenAI base URL: ${state.url}/v1).`);
    // Once it has lived that long, what may come is no crash at start.
    this.#later(longestWaitMs, () => (this.#waitMs = firstWaitMs));
    this.#become(state);
  }

  #failed({ why, message, file }: StartTrouble): void {
    if (message !== this.#trouble) this.#options.log(why === 'folder-taken' ? 'info' : 'error', message);
    this.#trouble = message;
    this.#become({ type: 'failed', why, message, ...(file !== undefined && { file }) });
    if (why === 'folder-taken') this.#later(otherProcessWaitMs, () => void this.#relaunch());
  }

  #crashed(): void {
    this.#running = undefined;
    const message = `The gateway stopped unexpectedly. It starts again in ${this.#waitMs / 1000} s.`;
    this.#options.log('error', message);
    this.#become({ type: 'failed', why: 'crashed', message });
    this.#later(this.#waitMs, () => void this.#relaunch());
    this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs);
  }

  async #relaunch(): Promise<void> {
    const ended = this.#end(restartMs);
    const mine = this.#generation;
    await ended;
    if (mine === this.#generation) await this.#launch();
  }

  /** Resolves when no thread is left, also not one that was told to end before. */
  #end(mostMs: number): Promise<void> {
    this.#callOff();
    this.#generation += 1;
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) {
      running.thread.postMessage({ type: 'stop', graceMs: Math.max(0, mostMs - cleanUpMs) });
      this.#ended = running.ended.finally(this.#after(mostMs, () => void running.thread.terminate()));
    }
    return this.#ended;
  }

  #become(state: GatewayState): void {
    if (state.type === 'running') this.#trouble = '';
    this.#state = state;
    this.#options.onState(state);
  }

  #later(ms: number, run: () => void): void {
    this.#callOff();
    this.#callOff = this.#after(ms, run);
  }
}

/** What a stop takes at most after its grace: cutting the calls off, settling, saving. */
const cleanUpMs = 1_500;
const restartMs = 4_500;

const afterTimeout: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

const traceOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
