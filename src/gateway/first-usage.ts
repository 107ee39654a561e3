import { noUsage, type ChatEvent, type Usage } from '../chat/chat.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import type { SseFrame } from '../lib/sse.ts';
import type { Ports } from './ports.ts';
import type { Call } from './call.ts';
import type { Prepared } from './prepare.ts';

type StreamWriter = ReturnType<ClientDialect['streamWriter']>;

/** A writer whose stream begins with this usage where the provider tells none that early. */
export const beginningWith =
  (usage: Usage | undefined, write: StreamWriter): StreamWriter =>
  (event: ChatEvent): readonly SseFrame[] =>
    write(event.type === 'start' && !event.usage && usage ? { ...event, usage } : event);

/** How long the beginning of a stream may wait for a count, from when the request goes out, milliseconds. */
const patienceMs = 250;

/**
 * The prompt's size for a stream that begins with it, or nothing for one that does not. It is counted while the provider
 * thinks; a count that is late is replaced by an estimate.
 */
export function promptUsage(ports: Ports, call: Call, prepared: Prepared): Promise<Usage> | undefined {
  if (prepared.isRelayed || !call.outline.stream || !call.client.startsWithUsage) return undefined;
  return counted(ports, call, prepared);
}

async function counted(ports: Ports, call: Call, prepared: Prepared): Promise<Usage> {
  const estimate = Math.ceil(call.raw.length / 4);
  const count = ports.tokens.countRequest(prepared.request()).catch(() => estimate);
  return { ...noUsage, input: await inTime(count, estimate) };
}

async function inTime(count: Promise<number>, estimate: number): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(estimate), patienceMs);
  });
  try {
    return await Promise.race([count, late]);
  } finally {
    clearTimeout(timer);
  }
}
