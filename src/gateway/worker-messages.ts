/** Names and values; those that are undefined or empty count as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What the gateway's thread is started with. */
export interface GatewayThreadData {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** May be a file that is not there yet; it is watched. */
  readonly configFile: string;
  /** Win over the process's: provider keys from SecretStorage, the editor's proxy. */
  readonly variables: Variables;
}

export type ToGatewayThread =
  | { readonly type: 'variables'; readonly variables: Variables }
  /** Calls under way get `graceMs`; the thread ends by itself. */
  | { readonly type: 'stop'; readonly graceMs: number };

export type LogLevel = 'info' | 'warn' | 'error';

/** `folder-taken`: another window has the gateway. `configuration`: it waits until the file is mended. */
export type StartFailure = 'port-taken' | 'folder-taken' | 'configuration' | 'other';

export type FromGatewayThread =
  | { readonly type: 'log'; readonly level: LogLevel; readonly line: string }
  | { readonly type: 'ready'; readonly port: number; readonly adminKey: string }
  /** It read its configuration again, for new keys or an edited file; if that had a mistake, the one of before stays in force. */
  | { readonly type: 'configured'; readonly isTaken: boolean }
  | { readonly type: 'failed'; readonly why: StartFailure; readonly message: string };
