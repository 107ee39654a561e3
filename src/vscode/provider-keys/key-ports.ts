import type { SecretStorage } from 'vscode';
import type { GatewayAccess } from '../../admin/gateway-client.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What the commands about provider keys need. */
export interface KeyPorts {
  readonly secrets: SecretStorage;
  /** The gateway that runs; throws a Failure, in words for the user, where none does. */
  readonly access: () => GatewayAccess;
  readonly configFile: string;
  /** The entries of model_list that a configuration stands for which lists no models. */
  readonly starter: () => Promise<readonly JsonObject[]>;
}
