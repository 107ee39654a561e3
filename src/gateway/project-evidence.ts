import type { Evidence } from '../ledger/records.ts';
import { objectIn, parseJson } from '../lib/json.ts';
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
  /** The body as it came. Only a folder's name is taken from it, and nothing else is kept. */
  readonly raw: Buffer;
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
  ['prompt', ({ raw }) => promptFolder(raw)],
];

/** Codex names the repository's root in a header of its own (seen in 0.169). */
function codexFolder(metadata: string | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  const { workspaces } = objectIn(parseJson(metadata));
  return nameOf(Object.keys(objectIn(workspaces))[0]);
}

/**
 * Where assistants say in their prompts which folder they work in, as it stands in JSON: Claude Code, opencode, Continue
 * and Kilo; Cline; Qwen Code; Gemini CLI (their recorded requests).
 */
const places = [
  'orking directory: ',
  'orking Directory: ',
  'orking in the directory: ',
  String.raw`Workspace Directories:**\n  - `,
];

function promptFolder(raw: Buffer): string | undefined {
  for (const place of places) {
    const at = raw.indexOf(place);
    if (at < 0) continue;
    const from = at + place.length;
    const folder = folderIn(raw.toString('utf8', from, from + longestPath));
    if (folder !== undefined) return nameOf(folder);
  }
  return undefined;
}

const longestPath = 1024;

/** The absolute path that a JSON string goes on with, up to the end of its line. */
function folderIn(text: string): string | undefined {
  const [escaped] = /^(?:\/|[A-Za-z]:(?:\\\\|\/))(?:[^"\\]|\\[\\"/]|\\u[0-9a-fA-F]{4})*/.exec(text) ?? [];
  const path = escaped === undefined ? undefined : parseJson(`"${escaped}"`);
  return typeof path === 'string' ? path : undefined;
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
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const line = text?.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return line === undefined || line === '' ? undefined : line.slice(0, longestLabel);
}
