import type { MediaPart, Part, TextPart, Turn } from '../../chat/chat.ts';
import { defined } from '../../lib/json.ts';

/**
 * A message of the editor's chat. Its parts are told apart by their members, so that nothing of the editor is needed:
 * their classes are not all in the typings, and some older editors lack.
 */
export interface EditorMessage {
  /** 1 is the user, 2 the assistant; for the system the editor has 3 at run time, which its typings do not name. */
  readonly role: number;
  readonly content: readonly unknown[];
}

/** What the editor's chat calls the pieces of data that are no content (seen in the Copilot extension of VS Code 1.139). */
const cacheMark = 'cache_control';

/** The conversation as turns. What a caller marks for the prompt cache stays marked. */
export const turnsOf = (messages: readonly EditorMessage[]): readonly Turn[] =>
  messages.map(({ role, content }) => ({ role: roles[role] ?? 'system', parts: partsOf(content) }));

const roles: Readonly<Record<number, Turn['role']>> = { 1: 'user', 2: 'assistant' };

function partsOf(content: readonly unknown[]): readonly Part[] {
  const parts: Part[] = [];
  for (const one of content) {
    const last = parts.at(-1);
    if (membersOf(one)['mimeType'] === cacheMark) {
      if (last !== undefined) parts[parts.length - 1] = { ...last, cache: {} };
      continue;
    }
    const part = readPart(one);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

type Members = Readonly<Record<string, unknown>>;

const membersOf = (part: unknown): Members => (typeof part === 'object' && part !== null ? (part as Members) : {});

function readPart(part: unknown): Part | undefined {
  const { callId, name, input, content } = membersOf(part);
  if (typeof callId !== 'string') return readContent(part) ?? readThinking(membersOf(part));
  if (typeof name === 'string') return { type: 'tool-call', id: callId, name, input: JSON.stringify(input ?? {}) };
  const parts = Array.isArray(content) ? content.map(readContent).filter((one) => one !== undefined) : [];
  return { type: 'tool-result', id: callId, parts, ...(membersOf(part)['isError'] === true && { isError: true }) };
}

/** What may stand in a message and in a tool's result alike. */
function readContent(part: unknown): TextPart | MediaPart | undefined {
  const { mimeType, data, value } = membersOf(part);
  if (typeof mimeType === 'string') return data instanceof Uint8Array ? readData(mimeType, data) : undefined;
  if (isThinking(part)) return undefined;
  if (typeof value === 'string') return { type: 'text', text: value };
  const text = textsIn(value).join('');
  return text === '' ? undefined : { type: 'text', text };
}

/** Its class cannot be asked for: reading it may throw where it is not there yet. */
const isThinking = (part: unknown): boolean => 'metadata' in membersOf(part);

function readData(mediaType: string, bytes: Uint8Array): TextPart | MediaPart | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [kind] = mediaType.split('/');
  if (kind === 'image') return { type: 'media', kind, mediaType, data: buffer.toString('base64') };
  if (mediaType === 'application/pdf')
    return { type: 'media', kind: 'file', mediaType, data: buffer.toString('base64') };
  if (kind === 'text' || mediaType === 'application/json') return { type: 'text', text: buffer.toString() };
  return undefined; // marks of other extensions
}

/** The texts of what `@vscode/prompt-tsx` renders: a tree whose leaves have a `text`. */
function textsIn(node: unknown): readonly string[] {
  const { text, children, node: root } = membersOf(node);
  if (typeof text === 'string') return [text];
  if (root !== undefined) return textsIn(root);
  return Array.isArray(children) ? children.flatMap(textsIn) : [];
}

/** Thinking is worth something to its model only with its signature, which the editor keeps beside it for us. */
function readThinking({ value, metadata }: Members): Part | undefined {
  const { signature, redactedData, _completeThinking: whole } = membersOf(metadata);
  if (typeof redactedData === 'string') return reasoning('', { redacted: redactedData });
  if (typeof signature !== 'string') return undefined;
  const said = Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '';
  return reasoning(typeof whole === 'string' ? whole : said, { signature });
}

const reasoning = (text: string, facts: Record<string, string>): Part => ({
  type: 'reasoning',
  text,
  extras: { anthropic: facts },
});

/** Thinking as the editor keeps it: the names are those of Copilot's own Anthropic provider, so that each reads the other's. */
export const thinkingMetadata = (
  text: string,
  { signature, redacted }: { readonly signature?: string; readonly redacted?: string },
): Readonly<Record<string, string>> =>
  defined({ signature, redactedData: redacted, _completeThinking: redacted === undefined ? text : undefined });
