import type { Evidence } from '../ledger/records.ts';
import { isArray, isObject, objectIn, parseJson, type Json, type JsonObject } from '../lib/json.ts';
import { headerText, type HeaderValues } from './assistant.ts';

/** What a request gives away of the project that it is for. */
export interface Signs {
  /** The project of the caller's key, which is final. */
  readonly keyProject: string | null;
  /** From `/p/<project>/v1/...`. */
  readonly pathProject: string | undefined;
  readonly headers: HeaderValues;
  /** What earlier calls of the same session gave away. */
  readonly sessionProject: string | undefined;
  /** The request. Only a folder's name is taken from it, and nothing else is kept. */
  readonly body: JsonObject;
}

/** Whose project a call is, and what decided; both null where nothing tells. */
export interface Attribution {
  readonly project: string | null;
  readonly evidence: Evidence | null;
}

export const unassigned: Attribution = { project: null, evidence: null };

/** The first evidence wins. A key's own project is final; the others only label the call's row. */
export function projectOf(signs: Signs): Attribution {
  if (signs.keyProject !== null) return { project: signs.keyProject, evidence: 'key' };
  for (const [evidence, look] of looks) {
    const project = label(look(signs));
    if (project !== undefined) return { project, evidence };
  }
  return unassigned;
}

const looks: readonly (readonly [Evidence, (signs: Signs) => string | undefined])[] = [
  ['path', ({ pathProject }) => pathProject],
  ['header', ({ headers }) => headerText(headers['x-purser-project'])],
  ['codex', ({ headers }) => codexFolder(headerText(headers['x-codex-turn-metadata']))],
  ['session', ({ sessionProject }) => sessionProject],
  ['prompt', ({ body }) => promptFolder(body)],
];

/** Codex names the repository's root in a header of its own (seen in 0.169). */
function codexFolder(metadata: string | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  const { workspaces } = objectIn(parseJson(metadata));
  return nameOf(Object.keys(objectIn(workspaces))[0]);
}

/**
 * How assistants say in their prompts which folder they work in: Claude Code, opencode, Continue and Kilo; Cline; Qwen Code;
 * Gemini CLI (their recorded requests). The folder's path is absolute and ends with its line.
 */
const place = /(?:orking (?:in the )?[dD]irectory: |Workspace Directories:\*\*\n {2}- )(\/[^\n]*|[A-Za-z]:[\\/][^\n]*)/;

function promptFolder(body: JsonObject): string | undefined {
  for (const text of beginnings(body)) {
    // Much faster than the expression, and mostly enough: this is on the path of every request without better evidence.
    if (!text.includes('irector')) continue;
    const folder = place.exec(text)?.[1];
    if (folder !== undefined) return nameOf(folder);
  }
  return undefined;
}

/** They say it in the system prompt or in the first messages, and within their first 12,000 characters. */
const firstMessages = 2;
const beginning = 16_384;

/** How the texts begin that stand first, in any of the formats that clients speak. */
function* beginnings(body: JsonObject): Generator<string> {
  yield* textsIn(body['system'] ?? body['systemInstruction'] ?? body['system_instruction'] ?? body['instructions']);
  const turns = body['messages'] ?? body['contents'] ?? body['input'];
  if (isArray(turns)) for (const turn of turns.slice(0, firstMessages)) yield* textsIn(turn);
}

/** A message, its content, a part of that, its text: bodies from outside may go on deeper. */
const deepest = 4;

function* textsIn(value: Json | undefined, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value.slice(0, beginning);
  else if (depth > deepest) return;
  else if (isArray(value)) for (const one of value) yield* textsIn(one, depth + 1);
  else if (isObject(value)) yield* textsIn(value['content'] ?? value['parts'] ?? value['text'], depth + 1);
}

/** A folder's own name: of paths no more is kept. */
const nameOf = (path: string | undefined): string | undefined =>
  path
    ?.split(/[\\/]/)
    .filter((part) => part !== '')
    .at(-1);

const longestLabel = 100;

/** A label as rows show it: one short line. */
function label(text: string | undefined): string | undefined {
  const line = text?.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return line === undefined || line === '' ? undefined : line.slice(0, longestLabel);
}
