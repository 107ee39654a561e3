import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

/** Libraries that most starts do without, in files of their own: a bundle is parsed whole before its first line runs. */
const apart = { '@pydantic/genai-prices': 'lib-genai-prices', undici: 'lib-undici' };

const loadedLate = {
  name: 'loaded-late',
  setup(plugin) {
    plugin.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && path in apart ? { path: `./${apart[path]}.js`, external: true } : undefined,
    );
    // Express pulls it in for parsers that we do not use: bodies are read in src/http/read-body.ts. Saves 18 ms of start.
    plugin.onResolve({ filter: /^body-parser$/ }, () => ({ path: 'body-parser', namespace: 'left-out' }));
    plugin.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outdir: process.env.PURSER_DIST ?? 'dist',
  minify: true,
  // Names stay readable in traces through the maps, which stay out of the VSIX.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  legalComments: 'none',
  external: ['vscode'],
  // The sources are ESM, the bundles CommonJS: the folder of the running file has another name there.
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [loadedLate],
};

const { outdir } = common;
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
// The project is ESM; the bundles are CommonJS, which VS Code loads and Node starts fastest.
await writeFile(`${outdir}/package.json`, '{"type":"commonjs"}\n');
await cp(require.resolve('sql.js/dist/sql-wasm.wasm'), `${outdir}/sql-wasm.wasm`);
await build({
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    server: 'src/server.ts',
    worker: 'src/worker.ts',
    'ledger-thread': 'src/ledger-thread.ts',
    'token-thread': 'src/token-thread.ts',
    ...Object.fromEntries(Object.entries(apart).map(([library, file]) => [file, library])),
  },
});
