import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { panelActions } from '../../src/admin/contract.ts';
import { projectCommands } from '../../src/connect/project-commands.ts';
import type { Status } from '../../src/admin/status-routes.ts';
import type { GatewayState } from '../../src/windows/gateway-thread.ts';
import { menuOf } from '../../src/vscode/status/status-menu.ts';
import { tooltipCommands } from '../../src/vscode/status/status-tooltip.ts';
import { progressOf } from '../../src/vscode/walkthrough/progress.ts';
import { english } from '../support/words.ts';
import { beginningCommands, careCommands, spendingCommands } from '../../src/vscode/command-names.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Step {
  readonly media: { readonly svg: string };
  readonly completionEvents: readonly string[];
}
interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
  };
  readonly engines: { readonly vscode: string };
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}
const { engines, icon, contributes, capabilities } = JSON.parse(read('package.json')) as Manifest;
const commands = contributes.commands.map(({ command }) => command);

const steps = contributes.walkthroughs.flatMap((one) => one.steps);

const noStatus: Status = {
  ...{ project: null, today: 0, month: 0, monthSince: 0, budgets: [], running: 0, paused: null, providers: 0 },
  ...{ unserved: [], hasDefaultBudget: false, calls: 0, revision: 0 },
};
const running: GatewayState = { type: 'running', url: '', adminKey: '' };
const failed = { type: 'failed', message: '' } as const;
const troubles = ['port-taken', 'other-purser', 'outdated', 'configuration', 'crashed', 'other'] as const;
const display = { show: 'budget', digits: 2 } as const;
const menuIn = (state: GatewayState): readonly string[] =>
  menuOf({ state, status: noStatus, models: [], display, isTrusted: true, now: 0 }, english).map(
    ({ command }) => command,
  );

describe('the manifest', () => {
  it('offers every command that is registered, and no other', () => {
    assert.deepEqual(
      [...commands].sort(),
      [
        ...panelActions,
        ...projectCommands,
        ...spendingCommands,
        ...beginningCommands,
        ...careCommands,
        ...['removeProviderKey', 'rotateProviderKey', 'importKeys'],
      ]
        .map((name) => `purser.${name}`)
        .sort(),
    );
  });

  it('has only known commands in its menus and in the code', () => {
    const settings = Object.keys(contributes.configuration.properties);
    const inMenus = Object.values(contributes.menus).flatMap((entries) => entries.map(({ command }) => command));
    const files = readdirSync(join(root, 'src/vscode'), { recursive: true, encoding: 'utf8' });
    const inCode = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...read(`src/vscode/${file}`).matchAll(/executeCommand\('(purser\.\w+)'|command:(purser\.\w+)/g)].map(
          (match) => match[1] ?? match[2] ?? '',
        ),
      );
    const inWalkthrough = readdirSync(root)
      .filter((file) => /^package\.nls.*\.json$/.test(file))
      .flatMap((file) => [...read(file).matchAll(/command:(purser\.\w+)/g)].map((match) => match[1] ?? ''));
    assert.ok(inWalkthrough.length > 0);
    const inEntries = [
      menuIn({ type: 'stopped' }),
      menuIn(running),
      ...troubles.map((why) => menuIn({ ...failed, why })),
    ];
    const all = [...inMenus, ...inCode, ...inWalkthrough, ...tooltipCommands, ...inEntries.flat()];
    for (const command of all.filter((name) => !settings.includes(name)))
      assert.ok(commands.includes(command), command);
  });

  it('has a walkthrough whose steps tick by contexts that are set, and whose pictures are there', () => {
    const contexts = Object.keys(progressOf({ status: noStatus, connections: 0 }));
    for (const { media, completionEvents } of steps) {
      assert.ok(existsSync(join(root, media.svg)), media.svg);
      for (const event of completionEvents) {
        const [, context] = /^onContext:purser\.(\w+)$/.exec(event) ?? [];
        if (context === undefined) assert.equal(event, 'onCommand:purser.openPanel');
        else assert.ok(contexts.includes(context), event);
      }
    }
  });

  it('takes no setting of its own from a folder that is not trusted', () => {
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    const open = Object.entries(contributes.configuration.properties)
      .filter(([, { scope }]) => scope !== 'machine' && scope !== 'application')
      .map(([name]) => name);
    assert.deepEqual(restrictedConfigurations.toSorted(), open.toSorted());
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
