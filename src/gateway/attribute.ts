import type { Caller } from './authenticate.ts';
import { projectOf, type Attribution, type Signs } from './project-evidence.ts';
import type { Sessions } from './sessions.ts';

/** Who calls, and all that the request itself gives away. */
export interface Origin extends Pick<Signs, 'headers' | 'pathProject' | 'body'> {
  readonly caller: Caller;
  readonly session: string | null;
}

/** Whose project a call is. What it gives away is remembered for the rest of its session. */
export function attribute(sessions: Sessions, { caller, session, ...signs }: Origin): Attribution {
  const sessionProject = session === null ? undefined : sessions.projectOf(caller.id, session);
  const attribution = projectOf({ ...signs, keyProject: caller.project, sessionProject });
  const { project, evidence } = attribution;
  if (session !== null && project !== null && evidence !== 'key' && project !== sessionProject) {
    sessions.learn(caller.id, session, project);
  }
  return attribution;
}
