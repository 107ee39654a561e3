import type { AnswerStart, ChatAnswer, ChatEvent, Citation, Extras, Part, Usage } from './chat.ts';

/** The whole answer that a stream's events make. Usage told early stands until a later one, and the last one wins. */
export function collect(events: Iterable<ChatEvent>): ChatAnswer {
  const collector = answerCollector();
  for (const event of events) collector.add(event);
  return collector.answer();
}

/** Collects an answer while it arrives: what it holds so far can be asked for at any time. */
export interface AnswerCollector {
  add(event: ChatEvent): void;
  answer(): ChatAnswer;
}

interface OpenPart {
  head: Part;
  texts: string[];
  citations: Citation[];
}

export function answerCollector(): AnswerCollector {
  let start: AnswerStart = { id: '', model: '' };
  let usage: Usage | undefined;
  let finish: Extract<ChatEvent, { type: 'finish' }> | undefined;
  const parts = new Map<number, OpenPart>(); // in the order in which they began

  return {
    add(event) {
      switch (event.type) {
        case 'start':
          start = headOf(event);
          usage = event.usage;
          return;
        case 'part-start':
          parts.set(event.index, { head: event.part, texts: [], citations: [] });
          return;
        case 'part-delta':
        case 'citation':
        case 'part-end':
          addTo(parts.get(event.index), event);
          return;
        case 'finish':
          finish = event;
          usage = event.usage ?? usage;
          return;
        case 'foreign': // no other dialect understands it, so an answer has no place for it
          return;
      }
    },
    answer: () => ({
      parts: [...parts.values()].map(closed),
      reason: finish?.reason ?? 'other',
      ...start,
      ...(finish?.stopSequence !== undefined && { stopSequence: finish.stopSequence }),
      ...(usage && { usage }),
      ...(finish?.extras && { extras: finish.extras }),
    }),
  };
}

/** The events that an answer would have arrived in: `collect` makes the same answer of them. */
export function eventsOf(answer: ChatAnswer): ChatEvent[] {
  const { stopSequence, usage, extras } = answer;
  return [
    { type: 'start', ...headOf(answer) },
    ...answer.parts.flatMap(partEvents),
    {
      type: 'finish',
      reason: answer.reason,
      ...(stopSequence !== undefined && { stopSequence }),
      ...(usage && { usage }),
      ...(extras && { extras }),
    },
  ];
}

const headOf = ({ id, model, created }: AnswerStart): AnswerStart =>
  created === undefined ? { id, model } : { id, model, created };

type InsideEvent = Extract<ChatEvent, { type: 'part-delta' | 'citation' | 'part-end' }>;

function addTo(part: OpenPart | undefined, event: InsideEvent): void {
  if (!part) return;
  if (event.type === 'citation') part.citations.push(event.citation);
  else {
    if (event.type === 'part-delta') part.texts.push(event.text);
    if (event.extras) part.head = { ...part.head, extras: mergedExtras(part.head.extras, event.extras) };
  }
}

/** Facts of one dialect that came in several pieces; of a fact that came twice the last stands. */
export function mergedExtras(before: Extras | undefined, after: Extras): Extras {
  if (!before) return after;
  const merged = { ...before };
  for (const [dialect, facts] of Object.entries(after)) merged[dialect] = { ...merged[dialect], ...facts };
  return merged;
}

function closed({ head, texts, citations }: OpenPart): Part {
  const text = texts.join('');
  switch (head.type) {
    case 'text':
      return {
        ...head,
        text: head.text + text,
        ...(citations.length > 0 && { citations: [...(head.citations ?? []), ...citations] }),
      };
    case 'reasoning':
      return { ...head, text: head.text + text };
    case 'tool-call':
      return { ...head, input: head.input + text };
    case 'media':
      return text === '' ? head : { ...head, data: (head.data ?? '') + text };
    case 'tool-result':
      return head;
  }
}

function partEvents(part: Part, index: number): ChatEvent[] {
  const { head, text, citations } = opened(part);
  return [
    { type: 'part-start', index, part: head },
    ...(text === '' ? [] : [{ type: 'part-delta', index, text } as const]),
    ...citations.map((citation) => ({ type: 'citation', index, citation }) as const),
    { type: 'part-end', index, ...(part.extras && { extras: part.extras }) },
  ];
}

/** A part's head, as a stream begins it, and what follows in deltas. Media comes whole. */
function opened(part: Part): { head: Part; text: string; citations: readonly Citation[] } {
  switch (part.type) {
    case 'text': {
      const { citations = [], ...head } = part;
      return { head: { ...head, text: '' }, text: part.text, citations };
    }
    case 'reasoning':
      return { head: { ...part, text: '' }, text: part.text, citations: [] };
    case 'tool-call':
      return { head: { ...part, input: '' }, text: part.input, citations: [] };
    case 'media':
    case 'tool-result':
      return { head: part, text: '', citations: [] };
  }
}
