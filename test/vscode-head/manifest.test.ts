import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { panelActions } from '../../src/admin/contract.ts';
import { projectCommands } from '../../src/connect/project-commands.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: object };
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}
const { engines, icon, contributes } = JSON.parse(read('package.json')) as Manifest;
const commands = contributes.commands.map(({ command }) => command);

describe('the manifest', () => {
  it('offers every command that is registered, and no other', () => {
    assert.deepEqual(
      [...commands].sort(),
      [...panelActions, ...projectCommands, 'removeProviderKey'].map((name) => `purser.${name}`).sort(),
    );
  });

  it('has only known commands in its menus and in the code', () => {
    const settings = Object.keys(contributes.configuration.properties);
    const inMenus = Object.values(contributes.menus).flatMap((entries) => entries.map(({ command }) => command));
    const inCode = readdirSync(join(root, 'src/vscode')).flatMap((file) =>
      [...read(`src/vscode/${file}`).matchAll(/'(purser\.(?!svg)\w+)'|command:(purser\.\w+)/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      ),
    );
    for (const command of [...inMenus, ...inCode].filter((name) => !settings.includes(name)))
      assert.ok(commands.includes(command), command);
  });

  it('names pictures that are there', () => {
    for (const file of [icon, ...contributes.viewsContainers.activitybar.map((one) => one.icon)])
      assert.ok(existsSync(join(root, file)), file);
  });

  it('asks for the editor whose API the code is compiled against', () => {
    const { version } = JSON.parse(read('node_modules/@types/vscode/package.json')) as { version: string };
    assert.equal(engines.vscode, `^${version}`);
  });

  it('names the view that the code provides', () => {
    const [view] = Object.values(contributes.views).flat();
    assert.ok(read('src/extension.ts').includes(`'${view?.id ?? 'none'}'`));
  });
});
