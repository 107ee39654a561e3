import type { CacheMark, Part, ToolResultPart, Turn } from '../../chat/chat.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isSigned } from '../anthropic/thinking.ts';
import { safeId } from '../anthropic/turns.ts';
import { callArguments } from '../call-arguments.ts';
import { mediaWriter } from './media.ts';
import type { WriteMedia } from './media.ts';

export interface Allowed {
  /** Whether the model takes cache marks. */
  readonly caches: boolean;
  /** Whether it takes its signed thinking back. */
  readonly thinks: boolean;
}

/** A mark stands behind what is to be cached, as a block of its own. */
export const cachePoint = (cache: CacheMark | undefined): readonly JsonObject[] =>
  cache ? [{ cachePoint: { type: 'default', ...(cache.ttl === '1h' && { ttl: '1h' }) } }] : [];

export const writeSystem = (turns: readonly Turn[], caches: boolean): readonly JsonObject[] =>
  turns
    .filter((turn) => turn.role === 'system')
    .flatMap((turn) => turn.parts)
    .flatMap((part) =>
      part.type === 'text' && part.text.trim() !== ''
        ? [{ text: part.text }, ...(caches ? cachePoint(part.cache) : [])]
        : [],
    );

/** The names of all tools that were called so far. */
export const calledNames = (turns: readonly Turn[]): ReadonlySet<string> =>
  new Set(turns.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))));

/** The other turns as messages whose roles alternate, the user's first: Bedrock refuses any other order. */
export function writeMessages(turns: readonly Turn[], allowed: Allowed): readonly JsonObject[] {
  const media = mediaWriter();
  const messages: { readonly role: string; content: readonly JsonObject[] }[] = [];
  for (const { role, parts } of turns) {
    if (role === 'system') continue;
    const content = parts.flatMap((part) => writePart(part, allowed, media));
    const last = messages.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content = [...last.content, ...content];
    else messages.push({ role, content });
  }
  if (messages[0]?.role !== 'user') messages.unshift({ role: 'user', content: [{ text: '.' }] });
  for (const message of messages) if (message.role === 'user') message.content = inOrder(message.content);
  const final = messages.at(-1);
  if (final?.role === 'assistant') final.content = trimmedEnd(final.content);
  return messages.map(({ role, content }) => ({ role, content }));
}

function writePart(part: Part, allowed: Allowed, media: WriteMedia): readonly JsonObject[] {
  const block = writeBlock(part, allowed, media);
  if (!block) return [];
  const cache =
    part.cache ?? (part.type === 'tool-result' ? part.parts.find((inner) => inner.cache)?.cache : undefined);
  return allowed.caches && part.type !== 'reasoning' ? [block, ...cachePoint(cache)] : [block];
}

function writeBlock(part: Part, { thinks }: Allowed, media: WriteMedia): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? undefined : { text: part.text }; // Bedrock refuses blank text
    case 'reasoning':
      return thinks && isSigned(part.extras?.anthropic) ? { reasoningContent: writeReasoning(part) } : undefined;
    case 'media':
      return media(part);
    case 'tool-call':
      return { toolUse: { toolUseId: safeId(part.id), name: part.name, input: callArguments(part.input) } };
    case 'tool-result':
      return { toolResult: writeResult(part, media) };
  }
}

function writeReasoning({ text, extras }: Extract<Part, { type: 'reasoning' }>): JsonObject {
  const { redacted, signature } = extras?.anthropic ?? {};
  return redacted === undefined ? { reasoningText: { text, signature } } : { redactedContent: redacted };
}

function writeResult({ id, parts, isError }: ToolResultPart, media: WriteMedia): JsonObject {
  const content = parts.flatMap((part): readonly JsonObject[] => {
    if (part.type === 'media') return [media(part)];
    return part.text === '' ? [] : [{ text: part.text }];
  });
  return {
    toolUseId: safeId(id),
    content: content.length > 0 ? content : [{ text: '(no output)' }],
    ...(isError && { status: 'error' }),
  };
}

/** Results come before what the user says beside them, each with its mark; a document needs a text beside it. */
function inOrder(content: readonly JsonObject[]): readonly JsonObject[] {
  const isResult = content.map(
    (block, index) => 'toolResult' in block || ('cachePoint' in block && 'toolResult' in (content[index - 1] ?? {})),
  );
  const ordered = [...content.filter((_, index) => isResult[index]), ...content.filter((_, index) => !isResult[index])];
  const isBare = content.some((block) => 'document' in block) && !content.some((block) => 'text' in block);
  return isBare ? [...ordered, { text: '.' }] : ordered;
}

/** A prefilled answer may not end in white space. */
function trimmedEnd(content: readonly JsonObject[]): readonly JsonObject[] {
  const last = content.at(-1);
  return typeof last?.text === 'string' ? [...content.slice(0, -1), { text: last.text.trimEnd() }] : content;
}
