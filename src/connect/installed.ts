import { delimiter, join } from 'node:path';
import type { Traces } from './assistant.ts';

export interface Machine {
  readonly home: string;
  readonly variable: (name: string) => string | undefined;
  readonly isThere: (path: string) => boolean;
  /** Whether the editor has this extension. */
  readonly hasExtension: (id: string) => boolean;
}

/** Whether an assistant has left anything that tells of it. Nothing is run. */
export const isInstalled = ({ commands = [], folders = [], extensions = [] }: Traces, machine: Machine): boolean =>
  extensions.some(machine.hasExtension) ||
  commands.some((command) => isCommand(command, machine)) ||
  folders.some((folder) => machine.isThere(join(machine.home, folder)));

function isCommand(command: string, { variable, isThere }: Machine): boolean {
  const folders = (variable('PATH') ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = ['', ...(variable('PATHEXT') ?? '').split(';').filter((ending) => ending !== '')];
  return folders.some((folder) => endings.some((ending) => isThere(join(folder, command + ending))));
}
