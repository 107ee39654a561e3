import type { Project } from '../keys/project.ts';
import type { Whereabouts } from '../keys/projects.ts';
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
  readonly sessionBranch: string | undefined;
  /** The request. Only the names of a folder and of a branch are taken from it, and nothing else is kept. */
  readonly body: JsonObject;
}

/** Whose project a call is, and what decided; both null where nothing tells. */
export interface Attribution {
  readonly project: string | null;
  readonly evidence: Evidence | null;
  /** The git branch, where the client says it. */
  readonly branch?: string;
}

export const unassigned: Attribution = { project: null, evidence: null };

/** The known project at a place. */
export type FindProject = (where: Whereabouts) => Pick<Project, 'id'> | undefined;

/** The first evidence wins. A key's own project is final. Others count for a known project; else they label the call's row. */
export function projectOf(signs: Signs, find: FindProject = () => undefined): Attribution {
  if (signs.keyProject !== null) return { project: signs.keyProject, evidence: 'key' };
  for (const [evidence, look] of looks) {
    const where = look(signs);
    const project = where && (find(where)?.id ?? label(where.name));
    if (project !== undefined) return { project, evidence };
  }
  return unassigned;
}

const looks: readonly (readonly [Evidence, (signs: Signs) => Whereabouts | undefined])[] = [
  ['path', ({ pathProject }) => named(pathProject)],
  ['header', ({ headers }) => named(headerText(headers['x-purser-project']))],
  ['codex', ({ headers }) => codexPlace(headerText(headers['x-codex-turn-metadata']))],
  ['session', ({ sessionProject }) => named(sessionProject)],
  ['prompt', ({ body }) => promptPlace(body)],
];

const named = (name: string | undefined): Whereabouts | undefined => (name === undefined ? undefined : { name });

/** Codex names the repository's root and its git remotes in a header of its own (seen in 0.169). */
function codexPlace(metadata: string | undefined): Whereabouts | undefined {
  if (metadata === undefined) return undefined;
  const { workspaces } = objectIn(parseJson(metadata));
  const [first] = Object.entries(objectIn(workspaces));
  if (first === undefined) return undefined;
  const remotes = Object.values(objectIn(objectIn(first[1])['associated_remote_urls']));
  return { ...placeAt(first[0]), remotes: remotes.filter((url) => typeof url === 'string') };
}

/** Of a path the row keeps the folder's own name alone, and that where no known project has the folder. */
const placeAt = (folder: string): Whereabouts => {
  const name = nameOf(folder);
  return { folder, ...(name !== undefined && { name }) };
};

/**
 * How assistants say in their prompts which folder they work in: Claude Code, opencode, Continue and Kilo; Cline; Qwen Code;
 * Gemini CLI (their recorded requests). The folder's path is absolute and ends with its line.
 */
const place = /(?:orking (?:in the )?[dD]irectory: |Workspace Directories:\*\*\n {2}- )(\/[^\n]*|[A-Za-z]:[\\/][^\n]*)/;

function promptPlace(body: JsonObject): Whereabouts | undefined {
  for (const text of beginnings(body, folderWithin)) {
    // Much faster than the expression, and mostly enough: this is on the path of every request without better evidence.
    if (!text.includes('irector')) continue;
    const folder = place.exec(text)?.[1];
    if (folder !== undefined) return placeAt(folder);
  }
  return undefined;
}

/** The git branch that the call was made on, for its row: what a header says, else its session, else its prompt. */
export const branchOf = ({ headers, sessionBranch, body }: Signs): string | undefined =>
  branchName(headerText(headers['x-purser-branch'])) ?? sessionBranch ?? promptBranch(body);

/**
 * How Claude Code and Qwen Code say in their prompts on which branch a conversation began (their recorded requests).
 * Codex names the repository and the commit in its header, but no branch.
 */
const branchLine = /^(?:git: )?Current branch: (.*)$/m;

function promptBranch(body: JsonObject): string | undefined {
  for (const text of beginnings(body, branchWithin)) {
    if (!text.includes('Current branch: ')) continue;
    const branch = branchName(branchLine.exec(text)?.[1]);
    if (branch !== undefined) return branch;
  }
  return undefined;
}

/** What git takes for a name; `HEAD` stands where no branch is checked out. */
const branchName = (text: string | undefined): string | undefined =>
  text !== undefined && text !== 'HEAD' && /^[^\s~^:?*[\\\u0000-\u001f\u007f]{1,200}$/.test(text) ? text : undefined;

/** They say it in the system prompt or in the first messages, and within so many of their first characters. */
const firstMessages = 2;
const folderWithin = 16_384; // seen in the first 12,000
const branchWithin = 32_768; // Qwen Code has it after 24,000

/** How the texts begin that stand first, in any of the formats that clients speak. */
function* beginnings(body: JsonObject, length: number): Generator<string> {
  const system = body['system'] ?? body['systemInstruction'] ?? body['system_instruction'] ?? body['instructions'];
  yield* textsIn(system, length);
  const turns = body['messages'] ?? body['contents'] ?? body['input'];
  if (isArray(turns)) for (const turn of turns.slice(0, firstMessages)) yield* textsIn(turn, length);
}

/** A message, its content, a part of that, its text: bodies from outside may go on deeper. */
const deepest = 4;

function* textsIn(value: Json | undefined, length: number, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value.slice(0, length);
  else if (depth > deepest) return;
  else if (isArray(value)) for (const one of value) yield* textsIn(one, length, depth + 1);
  else if (isObject(value)) yield* textsIn(value['content'] ?? value['parts'] ?? value['text'], length, depth + 1);
}

/** A folder's own name: of paths no more is kept. */
const nameOf = (path: string): string | undefined =>
  path
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .at(-1);

const longestLabel = 100;

/** A label as rows show it: one short line. */
function label(text: string | undefined): string | undefined {
  const line = text?.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return line === undefined || line === '' ? undefined : line.slice(0, longestLabel);
}
