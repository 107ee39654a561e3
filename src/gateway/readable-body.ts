import { callNames, type ChatRequest, type MediaPart, type Part, type Turn } from '../chat/chat.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { isArray, isObject, type Json } from '../lib/json.ts';
import { clientNamed } from './clients.ts';
import type { KeptBody } from './kept-body.ts';

/** A part of a conversation as a person reads it. Of a picture or another file only its size is there. */
export interface ReadablePart {
  readonly type: Part['type'];
  readonly text: string;
  /** The tool's. */
  readonly name?: string;
  readonly isError?: true;
  /** What kind of file it is, `image/png`, and how many bytes or where it stands. */
  readonly media?: string;
  readonly bytes?: number;
  readonly url?: string;
}

export interface ReadableTurn {
  /** `tool`: nothing but the results of tools. */
  readonly role: Turn['role'] | 'tool';
  readonly parts: readonly ReadablePart[];
}

/** The conversation, whichever format it was in; empty where the format has none (vectors, sound) or it cannot be read. */
export function readablePrompt(body: KeptBody): readonly ReadableTurn[] {
  const turns = requestIn(body)?.turns ?? [];
  const names = callNames(turns);
  const named = (part: Part): Part => {
    if (part.type !== 'tool-result') return part;
    const name = names.get(part.id);
    return name === undefined ? part : { ...part, name };
  };
  return turns.map(({ role, parts }) => ({
    role: parts.length > 0 && parts.every(({ type }) => type === 'tool-result') ? 'tool' : role,
    parts: parts.map(named).flatMap(readable),
  }));
}

/** The tools that were offered, by name. */
export const offeredTools = (body: KeptBody): readonly string[] => requestIn(body)?.tools.map(({ name }) => name) ?? [];

export function readableAnswer({ dialect, answer }: KeptBody): readonly ReadablePart[] {
  if (typeof answer === 'string') return [{ type: 'text', text: answer }];
  return tried(dialect, (client) => (isObject(answer) ? client.readAnswer(answer).parts.flatMap(readable) : [])) ?? [];
}

/** The same JSON with sizes in the place of files, to be looked at. */
export function withoutFiles(value: Json): Json {
  if (typeof value === 'string') return isLong(value) ? `[${value.length} characters of a file]` : value;
  if (isArray(value)) return value.map(withoutFiles);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutFiles(member ?? null)]));
}

const isLong = (text: string): boolean => text.length > 512 && /^(?:data:[^,]{1,100},)?[\w+/=-]+$/.test(text);

const requestIn = ({ dialect, request, model, stream }: KeptBody): ChatRequest | undefined =>
  tried(dialect, (client) => client.readRequest(client.modelInPath ? { ...request, model, stream } : request));

/** Undefined for what no client of ours could have sent or got: a body that is cut may lack what it needs. */
function tried<T>(dialect: string, read: (client: Dialect) => T): T | undefined {
  const client = clientNamed(dialect);
  try {
    return client && read(client);
  } catch {
    return undefined;
  }
}

function readable(part: Part): readonly ReadablePart[] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return [{ type: part.type, text: part.text }];
    case 'tool-call':
      return [{ type: part.type, name: part.name, text: part.input }];
    case 'tool-result':
      return [
        {
          type: part.type,
          text: part.parts.flatMap((one) => (one.type === 'text' ? [one.text] : [])).join('\n'),
          ...(part.name !== undefined && { name: part.name }),
          ...(part.isError && { isError: true }),
        },
        ...part.parts.flatMap((one) => (one.type === 'media' ? [file(one)] : [])),
      ];
    case 'media':
      return [file(part)];
  }
}

const file = ({ kind, mediaType, data, url, name }: MediaPart): ReadablePart => ({
  type: 'media',
  text: name ?? '',
  media: mediaType ?? kind,
  ...(data !== undefined && { bytes: Math.floor((data.length * 3) / 4) }),
  ...(url !== undefined && { url: url.slice(0, 500) }),
});
