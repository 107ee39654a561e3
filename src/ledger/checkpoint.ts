import { isObject, numberIn, objectsIn, parseJson } from '../lib/json.ts';
import type { Json } from '../lib/json.ts';
import { checkpoints, loadGeneration, saveGeneration } from './generations.ts';
import type { OpenRecord } from './records.ts';
import { writtenByNewer } from './unavailable.ts';

const version = 1;

/** What the gateway thread must know to serve without loading sql.js, as of one record of the journal. */
export interface Checkpoint {
  /** The last record that `state` and `opens` take into account. */
  readonly seq: number;
  /** Keys and counters, in the form of the parts that own them; null at the very first start. */
  readonly state: Json;
  /** Holds of calls that were under way. */
  readonly opens: readonly OpenRecord[];
}

/** Writes the checkpoint. What it holds is read before this returns. */
export const saveCheckpoint = (folder: string, { seq, state, opens }: Checkpoint): Promise<void> =>
  saveGeneration(checkpoints(folder), seq, Buffer.from(JSON.stringify({ version, seq, state, opens })));

/** The newest whole checkpoint, and what was wrong with a newer one, in sentences. */
export function loadCheckpoint(folder: string): Checkpoint & { readonly report: readonly string[] } {
  const { bytes, report } = loadGeneration(checkpoints(folder));
  const saved = bytes && parseJson(Buffer.from(bytes).toString());
  if (!isObject(saved)) return { seq: 0, state: null, opens: [], report };
  if (saved.version !== version) throw writtenByNewer();
  const opens = objectsIn(saved.opens) as unknown as OpenRecord[];
  return { seq: numberIn(saved.seq) ?? 0, state: saved.state ?? null, opens, report };
}
