import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, parseJson, stringIn } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { formatSse, sseParser } from '../../src/lib/sse.ts';
import type { FrameParser, SseFrame } from '../../src/lib/sse.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** The recordings in a folder of test/fixtures, as paths below test/fixtures; with `endings`, only those that end so. */
export function recordings(folder: string, ...endings: readonly string[]): readonly string[] {
  const names = readdirSync(join(fixtures, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => entry.name)
    .filter((name) => endings.length === 0 || endings.some((ending) => name.endsWith(ending)));
  return names.sort().map((name) => `${folder}/${name}`);
}

export const readText = (path: string): string => readFileSync(join(fixtures, path), 'utf8');

export function readJson(path: string): JsonObject {
  const value = parseJson(readText(path));
  assert.ok(isObject(value), `${path} holds no JSON object`);
  return value;
}

/**
 * The frames of a recording: a whole answer (`.json`) is one; of a stream without framing (`.chunks.txt`) each line is one,
 * with the event's name taken from its `type` as Anthropic, Cohere and OpenAI's Responses send it; `.sse` is cut as it came.
 */
export function framesOf(path: string): readonly SseFrame[] {
  const text = readText(path);
  if (path.endsWith('.json')) return [{ data: text }];
  if (path.endsWith('.sse')) return cut(sseParser(), new TextEncoder().encode(text));
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(lineFrame);
}

function lineFrame(line: string): SseFrame {
  const payload = parseJson(line);
  const event = isObject(payload) ? stringIn(payload['type']) : undefined;
  return event === undefined ? { data: line } : { event, data: line };
}

/** Frames as the bytes of a stream of server-sent events. */
export const wireOf = (frames: readonly SseFrame[]): Uint8Array =>
  new TextEncoder().encode(frames.map(formatSse).join(''));

/** The frames that a parser makes of `bytes` that arrive in the given pieces; in one piece if no cuts are given. */
export function cut(parser: FrameParser, bytes: Uint8Array, cuts: readonly number[] = []): readonly SseFrame[] {
  const bounds = [0, ...cuts, bytes.length];
  const pieces = bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

/**
 * Compares a value, as JSON, with the expected file at this path below test/fixtures. UPDATE_GOLDEN=1 rewrites the file;
 * name the tests to run with `mocha --no-config --import=tsx FILE`, since .mocharc.json adds all others, and theirs with them.
 */
export function expectGolden(path: string, value: unknown): void {
  const file = join(fixtures, path);
  const text = `${JSON.stringify(value, null, 1)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  assert.ok(existsSync(file), `${path} is missing: run with UPDATE_GOLDEN=1 and read what it writes`);
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(file, 'utf8')));
}
