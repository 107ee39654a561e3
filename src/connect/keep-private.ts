import { join } from 'node:path';
import { Failure } from '../chat/failure.ts';
import type { FileEdit } from './connection.ts';
import { ignoreLine, isCommitted, type WorkPlace } from './repository.ts';

/**
 * The edits of a project with what keeps their keys out of the repository: lines in git's own list of what to ignore,
 * which is nobody's but this machine's. Throws for a file that is committed already.
 */
export function keptPrivate(
  edits: readonly FileEdit[],
  place: WorkPlace,
  index: Buffer | undefined,
): readonly FileEdit[] {
  const secrets = edits.filter(({ isSecret }) => isSecret).map(({ path }) => path);
  if (place.gitFolder === undefined || secrets.length === 0) return edits;
  for (const path of secrets) {
    if (isCommitted(index, place, path))
      throw new Failure(
        'invalid-request',
        `${path} is committed, so a key written into it would be shared. Take it out of git (git rm --cached), or connect for all your projects.`,
      );
  }
  const settings = secrets.map((path) => ({ path: [ignoreLine(place, path)], value: true }));
  return [...edits, { path: join(place.gitFolder, 'info', 'exclude'), format: 'lines', settings }];
}
