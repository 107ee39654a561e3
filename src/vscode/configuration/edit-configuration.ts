import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Configuration, RoutingEdit } from '../../admin/contract.ts';
import { Failure } from '../../chat/failure.ts';
import { objectIn, type JsonObject } from '../../lib/json.ts';

/** What stands in the configuration's file. */
export const configurationOf = async (access: GatewayAccess): Promise<Configuration> =>
  // Our own gateway's answer, of this very version.
  (await askGateway(access, '/purser/config')) as Configuration;

/** Changes single places of the file, its comments kept; in force when it resolves. Throws why not. */
export async function editConfiguration(access: GatewayAccess, edits: readonly RoutingEdit[]): Promise<void> {
  const { version, problem, file } = await configurationOf(access);
  if (problem !== null) throw new Failure('invalid-request', problem);
  const body = { version, edits, save: true } as unknown as JsonObject;
  const { saved, taken } = objectIn(await askGateway(access, '/purser/config/edit', body));
  if (saved === true && taken !== true)
    throw new Failure('internal', `${file} was written, but the gateway has not taken it; the log says why.`);
}
