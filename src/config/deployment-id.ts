import { createHash } from 'node:crypto';
import { isObject, objectIn, stringIn, type JsonObject } from '../lib/json.ts';

/** What health and ledger know a model_list entry by: its own id, else one that stays while what it says stays. */
export const deploymentId = (entry: JsonObject): string => stringIn(objectIn(entry.model_info).id) ?? idOf(entry);

/** The same for the same entry, whatever the order of its keys and the values of its variables. */
export const idOf = (entry: JsonObject): string =>
  createHash('sha256')
    .update(JSON.stringify([entry.model_name, entry.litellm_params], inOrder))
    .digest('hex');

const inOrder = (_key: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
