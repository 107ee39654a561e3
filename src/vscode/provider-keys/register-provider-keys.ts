import { commands, Disposable } from 'vscode';
import type { Log } from '../care/safe-log.ts';
import { told } from '../commands.ts';
import type { KeyPorts } from './key-ports.ts';

/** The commands about provider keys; what they do is loaded when it is asked for. */
export function registerProviderKeys(ports: KeyPorts, log: Log): Disposable {
  const register = (name: string, run: (argument: unknown) => Promise<void>): Disposable =>
    commands.registerCommand(`purser.${name}`, (argument: unknown) => told(log, () => run(argument)));
  return Disposable.from(
    register('addProviderKey', async () => (await import('./add-provider-key.ts')).addProviderKey(ports)),
    register('addKeyFor', async (variable) => {
      if (typeof variable === 'string') await (await import('./add-provider-key.ts')).addKeyFor(ports, variable);
    }),
    register('rotateProviderKey', async () => (await import('./remove-provider-key.ts')).rotateProviderKey(ports)),
    register('removeProviderKey', async () => (await import('./remove-provider-key.ts')).removeProviderKey(ports)),
    register('importKeys', async () => (await import('./import-keys.ts')).importKeys(ports)),
  );
}
