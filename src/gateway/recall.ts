import type { ChatEvent, ChatRequest, Extras, Part, ReasoningPart, ToolCallPart, Turn } from '../chat/chat.ts';
import { answerCollector, mergedExtras } from '../chat/collect.ts';
import { parseJson } from '../lib/json.ts';
import { lru, type LruLimits } from '../lib/lru.ts';

/**
 * What models thought before they called tools, and the signatures of their calls, by the calls' ids: many clients strip
 * both, and Gemini, Claude and DeepSeek want them back with the tools' results. Bounded, and apart for each caller.
 */
export interface Recall {
  remember(caller: string, parts: readonly Part[]): void;
  /** The request with what its turns have lost; the same object when there is nothing to fill in. */
  filled(caller: string, request: ChatRequest): ChatRequest;
  /** The same for one turn. */
  filledTurn(caller: string, turn: Turn): Turn;
}

interface Remembered {
  readonly name: string;
  readonly input: string;
  readonly extras: Extras | undefined;
  /** The reasoning since the call before, or since the turn's beginning. */
  readonly reasoning: readonly ReasoningPart[];
  readonly size: number;
}

/** Calls, and characters of everything remembered. */
const usualLimits: LruLimits = { count: 2_000, size: 16_000_000 };

export function recall(limits: LruLimits = usualLimits): Recall {
  const known = lru<Remembered>(limits);
  const find = (caller: string, call: ToolCallPart): Remembered | undefined => {
    const found = known.get(`${caller} ${call.id}`);
    // Some servers count their calls anew in every answer, so the id alone does not tell them apart.
    return found?.name === call.name && isSameInput(found.input, call.input) ? found : undefined;
  };
  return {
    remember(caller, parts) {
      for (const [id, remembered] of memorable(parts)) known.set(`${caller} ${id}`, remembered, remembered.size);
    },
    filledTurn: (caller, turn) => (known.count === 0 ? turn : filledTurn(turn, (call) => find(caller, call))),
    filled(caller, request) {
      if (known.count === 0) return request;
      const turns = request.turns.map((turn) => filledTurn(turn, (call) => find(caller, call)));
      return turns.every((turn, index) => turn === request.turns[index]) ? request : { ...request, turns };
    },
  };
}

export interface RecallCollector {
  readonly see: (event: ChatEvent) => void;
  readonly parts: () => readonly Part[];
}

/** Collects what is to be remembered of an answer while its events pass. */
export function recallCollector(): RecallCollector {
  const collector = answerCollector();
  const wanted = new Set<number>();
  return {
    see(event) {
      if (event.type === 'part-start' && (event.part.type === 'reasoning' || event.part.type === 'tool-call')) {
        wanted.add(event.index);
      }
      if ('index' in event && wanted.has(event.index)) collector.add(event);
    },
    parts: () => collector.answer().parts,
  };
}

/** The calls of an answer that something would be lost of, with what belongs to each. */
function* memorable(parts: readonly Part[]): Generator<readonly [id: string, remembered: Remembered]> {
  let reasoning: ReasoningPart[] = [];
  for (const part of parts) {
    if (part.type === 'reasoning') reasoning.push(part);
    if (part.type !== 'tool-call') continue;
    const { id, name, input, extras } = part;
    if (extras !== undefined || reasoning.length > 0) {
      yield [
        id,
        { name, input, extras, reasoning, size: sizeOf(part) + reasoning.reduce((sum, one) => sum + sizeOf(one), 0) },
      ];
    }
    reasoning = [];
  }
}

const sizeOf = (part: ReasoningPart | ToolCallPart): number =>
  (part.type === 'reasoning' ? part.text : part.input).length +
  (part.extras === undefined ? 0 : JSON.stringify(part.extras).length);

const isSameInput = (before: string, now: string): boolean =>
  before === now || JSON.stringify(parseJson(before || '{}')) === JSON.stringify(parseJson(now || '{}'));

function filledTurn(turn: Turn, find: (call: ToolCallPart) => Remembered | undefined): Turn {
  if (turn.role !== 'assistant' || !turn.parts.some(({ type }) => type === 'tool-call')) return turn;
  const found = new Map<Part, Remembered>();
  for (const part of turn.parts) {
    const remembered = part.type === 'tool-call' ? find(part) : undefined;
    if (remembered !== undefined) found.set(part, remembered);
  }
  const reasoning = lostReasoning(turn, [...found.values()]);
  const lostExtras = [...found].some(([part, { extras }]) => extras !== undefined && part.extras === undefined);
  if (!reasoning && !lostExtras) return turn;
  const signed = turn.parts.map((part) => withExtras(part, found.get(part)?.extras));
  if (!reasoning) return { ...turn, parts: signed };
  return { ...turn, parts: withReasoning(turn.parts, signed, found) };
}

/** Whether the turn came back without its reasoning, or with its words but without what makes them worth something. */
function lostReasoning({ parts }: Turn, remembered: readonly Remembered[]): boolean {
  const thoughts = remembered.flatMap(({ reasoning }) => reasoning);
  if (thoughts.length === 0) return false;
  const kept = parts.filter(({ type }) => type === 'reasoning');
  return kept.length === 0 || (kept.every(({ extras }) => !extras) && thoughts.some(({ extras }) => extras));
}

/** What the client kept stands over what is remembered. */
const withExtras = (part: Part, extras: Extras | undefined): Part =>
  extras === undefined ? part : { ...part, extras: part.extras ? mergedExtras(extras, part.extras) : extras };

/** The first call's reasoning stands at the turn's beginning, before its text; each other's stands before its call. */
function withReasoning(before: readonly Part[], signed: readonly Part[], found: ReadonlyMap<Part, Remembered>): Part[] {
  const first = before.find((part) => part.type === 'tool-call');
  const parts: Part[] = first ? [...(found.get(first)?.reasoning ?? [])] : [];
  for (const [index, part] of signed.entries()) {
    const original = before[index];
    if (part.type === 'reasoning' || original === undefined) continue;
    if (original !== first) parts.push(...(found.get(original)?.reasoning ?? []));
    parts.push(part);
  }
  return parts;
}
