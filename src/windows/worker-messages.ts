/** Names and values; those that are undefined or empty count as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What the gateway's thread is started with. */
export interface GatewayThreadData {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** Where the holder of the gateway tells the other windows how to reach it. */
  readonly holderFile: string;
  /** Files of that kind of other installations that the user wants to use. */
  readonly trusted: readonly string[];
  /** May be a file that is not there yet; it is watched. */
  readonly configFile: string;
  /** Provider keys from SecretStorage; they win over the process's environment. */
  readonly variables: Variables;
  /** The way to the providers as the editor has it; wins over the environment too. */
  readonly network: Variables;
  /** Whose gateway it is, for people: `Visual Studio Code`. */
  readonly owner: string;
  /** The extension's. */
  readonly version: string;
}

export type ToGatewayThread =
  /** The window's keys as they are now. What changed reaches the gateway, whichever window holds it. */
  | { readonly type: 'variables'; readonly variables: Variables }
  /** Calls under way get `graceMs`; the thread ends by itself. */
  | { readonly type: 'stop'; readonly graceMs: number };

export type LogLevel = 'info' | 'warn' | 'error';

/**
 * `port-taken`: by no Purser. `other-purser`: by one of another editor, profile or server, which can be used.
 * `folder-taken`: another process has the data, at another port. `outdated`: another window runs a newer Purser that
 * this one cannot talk to. `configuration`: it waits until the file is mended.
 */
export type StartFailure = 'port-taken' | 'other-purser' | 'folder-taken' | 'outdated' | 'configuration' | 'other';

/** A gateway that can be asked. */
export interface Ready {
  readonly port: number;
  /** Opens its management routes. */
  readonly adminKey: string;
  /** Another window holds it. */
  readonly adopted?: true;
  /** Names of provider keys that the holder before had and this window does not know: its secret storage is of old. */
  readonly missingKeys?: readonly string[];
}

export interface StartTrouble {
  readonly why: StartFailure;
  readonly message: string;
  /** The holder file of `other-purser`, to be trusted if the user wants to use it. */
  readonly file?: string;
}

export type FromGatewayThread =
  | { readonly type: 'log'; readonly level: LogLevel; readonly line: string }
  /** It binds the port, or looks for the window that has. */
  | { readonly type: 'starting' }
  | ({ readonly type: 'ready' } & Ready)
  /** The configuration was read again, for new keys or an edited file; if that had a mistake, the one of before stays in force. */
  | { readonly type: 'configured'; readonly isTaken: boolean }
  | ({ readonly type: 'failed' } & StartTrouble);
