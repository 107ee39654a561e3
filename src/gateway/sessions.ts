/** Which project an assistant's session is for, as far as its calls have told. */
export interface Sessions {
  projectOf(caller: string, session: string): string | undefined;
  learn(caller: string, session: string, project: string): void;
}

/** Remembers the sessions used last, each for its caller alone. */
export function knownSessions(most = 2_000): Sessions {
  const projects = new Map<string, string>(); // in the order of their last use
  const nameOf = (caller: string, session: string): string => `${caller} ${session}`;
  const use = (name: string, project: string): void => {
    projects.delete(name);
    projects.set(name, project);
    for (const oldest of projects.keys()) {
      if (projects.size <= most) return;
      projects.delete(oldest);
    }
  };
  return {
    projectOf(caller, session) {
      const name = nameOf(caller, session);
      const project = projects.get(name);
      if (project !== undefined) use(name, project);
      return project;
    },
    learn: (caller, session, project) => use(nameOf(caller, session), project),
  };
}
