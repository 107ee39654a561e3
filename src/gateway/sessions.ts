import { lru } from '../lib/lru.ts';

/** What an assistant's session is for, as far as its calls have told. */
export interface SessionFacts {
  readonly project?: string;
  readonly branch?: string;
}

export interface Sessions {
  factsOf(caller: string, session: string): SessionFacts;
  learn(caller: string, session: string, facts: SessionFacts): void;
}

const nothing: SessionFacts = {};

/** Remembers the sessions used last, each for its caller alone. */
export function knownSessions(most = 2_000): Sessions {
  const sessions = lru<SessionFacts>({ count: most, size: Infinity });
  const nameOf = (caller: string, session: string): string => `${caller} ${session}`;
  return {
    factsOf: (caller, session) => sessions.get(nameOf(caller, session)) ?? nothing,
    learn: (caller, session, facts) => sessions.set(nameOf(caller, session), facts, 1),
  };
}
