import type { Caller } from './authenticate.ts';
import { branchOf, projectOf, type Attribution, type FindProject, type Signs } from './project-evidence.ts';
import type { SessionFacts, Sessions } from './sessions.ts';

/** Who calls, and all that the request itself gives away. */
export interface Origin extends Pick<Signs, 'headers' | 'pathProject' | 'body'> {
  readonly caller: Caller;
  readonly session: string | null;
}

/** Whose project a call is, and on which branch. What it gives away is remembered for the rest of its session. */
export function attribute(sessions: Sessions, { caller, session, ...signs }: Origin, find?: FindProject): Attribution {
  const known = session === null ? {} : sessions.factsOf(caller.id, session);
  const all = { keyProject: caller.project, sessionProject: known.project, sessionBranch: known.branch, ...signs };
  const found = projectOf(all, find);
  const branch = branchOf(all);
  const attribution = branch === undefined ? found : { ...found, branch };
  if (session !== null) learnFrom(attribution, known, (facts) => sessions.learn(caller.id, session, facts));
  return attribution;
}

/** A key's own project says nothing about the session: it may go on with another key. */
function learnFrom(
  { project, evidence, branch }: Attribution,
  known: SessionFacts,
  learn: (facts: SessionFacts) => void,
): void {
  const told = project !== null && evidence !== 'key' ? project : known.project;
  if (told === known.project && branch === known.branch) return;
  learn({ ...(told !== undefined && { project: told }), ...(branch !== undefined && { branch }) });
}
