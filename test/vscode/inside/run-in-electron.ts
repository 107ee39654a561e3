import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { fakeProvider } from '../../support/fake-provider.ts';
import { freePort } from '../host.ts';
import { sayingHello, writeConfig } from '../stage.ts';
import { bundleInside } from './bundle.ts';
import { insideConfig } from './configuration.ts';

// The same tests in a desktop VS Code, which is downloaded: for machines with a network. Tests the built folder.
const folder = mkdtempSync(join(tmpdir(), 'purser-electron-'));
const inside = await bundleInside(join(folder, 'tests'));
const provider = await fakeProvider(sayingHello);
const user = join(folder, 'user');
writeConfig(join(user, 'User/globalStorage/purser.purser'), insideConfig(provider.url));
writeFileSync(join(user, 'User/settings.json'), JSON.stringify({ 'purser.port': await freePort() }));
mkdirSync(join(folder, 'harbour'));
await runTests({
  extensionDevelopmentPath: resolve(import.meta.dirname, '../../..'),
  extensionTestsPath: inside.entry,
  extensionTestsEnv: inside.environment,
  launchArgs: [join(folder, 'harbour'), '--user-data-dir', user, '--disable-extensions', '--disable-workspace-trust'],
}).catch(() => undefined); // the report has it
await provider.close();
process.exitCode = inside.report() ? 0 : 1;
rmSync(folder, { recursive: true, force: true });
