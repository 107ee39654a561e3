import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

const parts = ['routing', 'budgets', 'keys', 'pricing', 'tokens', 'ledger', 'providers', 'config', 'bodies'];

/** What each folder of src may import, besides itself and Node. The whole architecture, in one table. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  chat: ['lib'],
  dialects: ['chat', 'lib'],
  providers: ['dialects', 'chat', 'lib', 'aws4fetch'],
  routing: ['chat', 'lib'],
  budgets: ['ledger', 'chat', 'lib'],
  keys: ['ledger', 'chat', 'lib'],
  pricing: ['chat', 'lib', '@pydantic/genai-prices'],
  tokens: ['chat', 'lib', 'js-tiktoken'],
  ledger: ['chat', 'lib', 'sql.js'],
  config: ['chat', 'lib', 'yaml', 'zod'],
  bodies: ['chat', 'lib'],
  connect: ['chat', 'lib', 'jsonc-parser', 'yaml'],
  network: ['chat', 'lib', 'undici'],
  windows: ['keys', 'lib'],
  gateway: [...parts, 'network', 'dialects', 'chat', 'lib', '@smithy/core'],
  admin: [...parts, 'gateway', 'windows', 'dialects', 'chat', 'lib', 'zod'],
  http: ['admin', 'gateway', 'windows', 'dialects', 'chat', 'lib', 'express'],
  vscode: [
    ...['admin', 'gateway', 'windows', 'connect', 'dialects', 'chat', 'lib', 'vscode'],
    // What the editor says of the configuration while it is written, it says by the loader, the price table and the providers themselves.
    ...['config', 'pricing', 'providers'],
  ],
};

/** Libraries that only one file may touch, so that they can be changed in one place. */
const keptTo: Record<string, string> = {
  'sql.js': 'src/ledger/sqljs-database.ts',
  undici: 'src/network/upstream.ts',
  aws4fetch: 'src/providers/aws-signature.ts',
  '@smithy/core': 'src/gateway/aws-event-stream.ts',
};

const root = resolve(import.meta.dirname, '..');
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file));

/** The folder of a file under src; heads, which stand in src itself, have none. */
const folderOf = (file: string): string | undefined => {
  const inside = relative('src', file).split(/[\\/]/);
  return inside.length > 1 ? inside[0] : undefined;
};

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const imports = /^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  const found = [...text.matchAll(imports)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return found.filter((target) => !target.startsWith('node:') && !builtinModules.includes(target));
}

/** What a folder is said to import: another folder of src, or a package by its name. */
function nameOf(file: string, target: string): string {
  if (target.startsWith('.')) return folderOf(relative(root, resolve(root, dirname(file), target))) ?? 'a head';
  const [scope, name] = target.split('/');
  return target.startsWith('@') ? `${String(scope)}/${String(name)}` : String(scope);
}

describe('architecture', () => {
  for (const file of files) {
    const folder = folderOf(file);
    it(`${file} imports only what its folder may`, () => {
      for (const target of importsOf(file)) {
        const name = nameOf(file, target);
        assert.ok(
          keptTo[name] === undefined || keptTo[name] === file.replaceAll('\\', '/'),
          `only ${String(keptTo[name])} may import ${name}`,
        );
        if (folder === undefined) continue; // heads wire: they may import anything
        assert.ok(mayImport[folder] !== undefined, `${folder} has no line in the table`);
        assert.ok(name === folder || mayImport[folder].includes(name), `${folder} may not import ${target}`);
      }
    });
  }

  it('finds the sources', () => assert.ok(files.length > 20));
});
