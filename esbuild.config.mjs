import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
/** Where the bundles go; tests that must not touch `dist` name another folder. */
const folder = process.env.PURSER_DIST ?? 'dist';
const require = createRequire(import.meta.url);

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: true,
  logLevel: 'warning',
  legalComments: 'none',
  external: ['vscode'],
  // The sources are ESM, the bundles CommonJS: the folder of the running file has another name there.
  define: { 'import.meta.dirname': '__dirname' },
};

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
// The project is ESM; the bundles are CommonJS, which VS Code loads and Node starts fastest.
await writeFile(`${folder}/package.json`, '{"type":"commonjs"}\n');
await cp(require.resolve('sql.js/dist/sql-wasm.wasm'), `${folder}/sql-wasm.wasm`);
await build({
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    server: 'src/server.ts',
    worker: 'src/worker.ts',
    'ledger-thread': 'src/ledger-thread.ts',
    'token-thread': 'src/token-thread.ts',
  },
  outdir: folder,
  banner: { js: '"use strict";' },
});
