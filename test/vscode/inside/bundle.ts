import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The tests of this folder, as the extension host loads them. */
export interface Inside {
  /** What the editor is told to run. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Prints how it went; tells whether all is well. */
  readonly report: () => boolean;
}

const tests = ['extension.test', 'configuration-file.test'];

/** Bundles them into this folder: the editor's own Node, of whatever age, is no place for TypeScript. */
export async function bundleInside(folder: string): Promise<Inside> {
  await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    logLevel: 'warning',
    outdir: folder,
    entryPoints: ['entry', ...tests].map((name) => join(import.meta.dirname, `${name}.ts`)),
  });
  const result = join(folder, 'result.json');
  return {
    entry: join(folder, 'entry.cjs'),
    environment: {
      PURSER_MOCHA: createRequire(import.meta.url).resolve('mocha'),
      PURSER_TESTS: JSON.stringify(tests.map((name) => join(folder, `${name}.cjs`))),
      PURSER_REPORT: result,
    },
    report: () => reported(result),
  };
}

interface Result {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number };
  readonly passes: readonly Told[];
  /** Of hooks, too. */
  readonly failures: readonly Told[];
}

interface Told {
  readonly fullTitle: string;
  readonly err: { readonly stack?: string };
}

/** In the words of mocha's own report, which who counts tests looks for. */
function reported(file: string): boolean {
  if (!existsSync(file)) {
    process.stdout.write('  0 passing\n  1 failing\n\nThe tests inside the editor never came to their end.\n');
    return false;
  }
  const { stats, passes, failures } = JSON.parse(readFileSync(file, 'utf8')) as Result;
  const lines = [
    ...passes.map(({ fullTitle }) => `    ✔ ${fullTitle}`),
    ...failures.map(({ fullTitle, err }) => `    ✘ ${fullTitle}\n${err.stack ?? ''}`),
    ...['', `  ${stats.passes} passing`, `  ${stats.pending} pending`, `  ${stats.failures} failing`, ''],
  ];
  process.stdout.write(lines.join('\n'));
  return stats.failures === 0 && stats.passes > 0;
}
