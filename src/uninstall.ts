import { join } from 'node:path';
import { connectionsIn } from './connect/connections.ts';
import { disconnectAll } from './connect/disconnect-all.ts';
import { disk } from './connect/disk.ts';
import { parseJson, stringIn } from './lib/json.ts';
import { readIfThere } from './lib/read-if-there.ts';

/** The file beside this one in which the extension notes where the editor keeps its files: nobody else tells us. */
const note = join(import.meta.dirname, 'storage.json');

/**
 * The editor runs this when the extension is gone. Assistants that were connected get their files back, since there is
 * no gateway any more; the ledger and the keys stay for who installs it again.
 */
async function uninstalled(): Promise<void> {
  const storage = stringIn(parseJson(readIfThere(note) ?? ''));
  if (storage === undefined) return;
  const { failed } = await disconnectAll(connectionsIn(join(storage, 'connections'), disk), disk);
  for (const why of failed) process.stderr.write(`Purser: ${why}\n`);
}

void uninstalled();
