import { resolve } from 'node:path';
import type { ConfigFile } from './admin/config-routes.ts';
import { loaded, modelsOfStarter, type ConfigurationPlace } from './configuration.ts';
import { disk } from './connect/disk.ts';

/** The file of a head's configuration, for whoever edits it through the gateway; `place` names it, whether it is there or not. */
export function configFileAt(file: string, place: ConfigurationPlace): ConfigFile {
  const path = resolve(file);
  return {
    path,
    read: () => disk.read(path),
    load: (text) => loaded({ ...place, file: path }, text),
    starter: () => modelsOfStarter(place.environment),
    async write(text) {
      const before = await disk.read(path);
      if (before !== undefined) await disk.write(`${path}.backup`, before, true);
      await disk.write(path, text, true);
    },
  };
}
