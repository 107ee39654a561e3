import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ChatRequest, Part } from '../../src/chat/chat.ts';

/** A chat request with what a test names, and nothing else. */
export const chatRequest = (request: Partial<ChatRequest>): ChatRequest => ({
  model: 'gpt-4o',
  turns: [],
  tools: [],
  settings: {},
  stream: false,
  wantsUsage: false,
  unknown: [],
  ...request,
});

/** A chat request of one user message. */
export const said = (...parts: readonly (Part | string)[]): ChatRequest =>
  chatRequest({
    turns: [
      { role: 'user', parts: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)) },
    ],
  });

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The real thread, bundled as for release: Node 20 cannot run a thread from TypeScript. */
export async function tokenThread(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'purser-tokens-'));
  folders.push(folder);
  const script = join(folder, 'token-thread.cjs');
  const entry = fileURLToPath(new URL('../../src/token-thread.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  return script;
}
