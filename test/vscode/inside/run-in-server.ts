import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStage, picture } from '../stage.ts';
import { bundleInside } from './bundle.ts';
import { insideConfig } from './configuration.ts';

// The tests inside the extension host of the editor that was installed, against the VSIX.
const folder = mkdtempSync(join(tmpdir(), 'purser-inside-'));
const inside = await bundleInside(folder);
const stage = await openStage({
  config: insideConfig,
  environment: inside.environment,
  // Without it a released editor takes no tests.
  hostOptions: ['--vscode-option', 'enable-smoke-test-driver'],
});
const page = await stage.profile.newPage();
const ended = new Promise<void>((resolve) => {
  void page.exposeFunction('codeAutomationExit', () => resolve());
});
await page.exposeFunction('codeAutomationLog', () => undefined);
// The extension under test is the installed one; that in development is empty.
const stub = join(folder, 'stub');
mkdirSync(stub);
writeFileSync(
  join(stub, 'package.json'),
  JSON.stringify({ name: 'stub', publisher: 'purser-tests', version: '1.0.0', engines: { vscode: '^1.105.0' } }),
);
const url = stage.windowOf('harbour');
const remote = (path: string): string => `vscode-remote://${new URL(url).host}${path}`;
const payload = [
  ['extensionDevelopmentPath', remote(stub)],
  ['extensionTestsPath', remote(inside.entry)],
  ['skipWelcome', 'true'],
];
await page.goto(`${url}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 120_000))]);
await picture(page, 'inside');
await stage.close();
process.exitCode = inside.report() ? 0 : 1;
rmSync(folder, { recursive: true, force: true });
