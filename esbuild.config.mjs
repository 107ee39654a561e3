import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { writeCodeCache } from './code-cache.mjs';

const require = createRequire(import.meta.url);

/** What most starts do without, in files of their own: a bundle is parsed whole before its first line runs. */
const apart = {
  './bundled-prices.ts': 'lib-prices',
  undici: 'lib-undici',
  'undici/lib/dispatcher/agent.js': 'lib-undici-agent',
  './ledger-command.ts': 'ledger-command',
  './language.ts': 'lib-language',
};
const bundledPrices = 'src/pricing/bundled-prices.ts';

const loadedLate = {
  name: 'loaded-late',
  setup(plugin) {
    plugin.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && path in apart ? { path: `./${apart[path]}.js`, external: true } : undefined,
    );
    // Express pulls it in for parsers that we do not use: bodies are read in src/http/read-body.ts. Saves 18 ms of start.
    plugin.onResolve({ filter: /^body-parser$/ }, () => ({ path: 'body-parser', namespace: 'left-out' }));
    plugin.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
    // Of its 2,500 types a gateway and a dashboard need a few; the table costs another 10 ms.
    plugin.onLoad({ filter: /[\\/]mime-db[\\/]db\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify(commonTypes(JSON.parse(await readFile(path, 'utf8')))),
      loader: 'json',
    }));
    // A table of 30,000 lines costs 15 MB as code; as lines of text, parsed where they are asked for, under one.
    plugin.onLoad({ filter: /[\\/]bundled-prices\.ts$/ }, async () => ({
      contents: `export const bundledPrices = () => Promise.resolve(${JSON.stringify(await pricesToBundle())});`,
    }));
  },
};

const commonTypes = (all) =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) =>
      /^(text\/(html|css|javascript|plain)|image\/(svg\+xml|png)|application\/(json|octet-stream))$/.test(name),
    ),
  );

/** What that file makes of the library's table. */
async function pricesToBundle() {
  return (await built(bundledPrices)).bundledPrices();
}

/** A module of the sources, to be asked at build time. */
async function built(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

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
  // `import()` becomes `require`: what is built is CommonJS, and Node need not load its other loader.
  supported: { 'dynamic-import': false },
  // The sources are ESM, the bundles CommonJS: the folder of the running file has another name there.
  define: {
    'import.meta.dirname': '__dirname',
    'process.env.PURSER_VERSION': JSON.stringify(require('./package.json').version),
  },
  // Its usual entry loads its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': require.resolve('jsonc-parser/lib/esm/main.js') },
  plugins: [loadedLate],
};

const { outdir } = common;
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
// The project is ESM; the bundles are CommonJS, which VS Code loads and Node starts fastest.
await writeFile(`${outdir}/package.json`, '{"type":"commonjs"}\n');
await cp(require.resolve('sql.js/dist/sql-wasm.wasm'), `${outdir}/sql-wasm.wasm`);
await cp('l10n', `${outdir}/l10n`, { recursive: true });
await cp('media/purser.svg', `${outdir}/purser.svg`);
// For whoever has an extension that reads YAML by its schema.
const { configJsonSchema } = await built('src/config/schema.ts');
await writeFile(`${outdir}/config.schema.json`, `${JSON.stringify(configJsonSchema())}\n`);
await build({
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    server: 'src/boot.ts',
    'server-gateway': 'src/server.ts',
    worker: 'src/worker.ts',
    uninstall: 'src/uninstall.ts',
    'ledger-thread': 'src/ledger-thread.ts',
    'token-thread': 'src/token-thread.ts',
    'lib-prices': bundledPrices,
    'lib-undici': 'undici',
    'lib-undici-agent': 'undici/lib/dispatcher/agent.js',
    'ledger-command': 'src/ledger-command.ts',
    'lib-language': 'src/language.ts',
  },
});
await build({
  ...common,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  define: {},
  plugins: [],
  entryPoints: { webview: 'webview-ui/main.tsx' },
  jsx: 'automatic',
  jsxImportSource: 'preact',
  sourcemap: false,
});
await writeCodeCache(outdir);
