import { invalid } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { isObject, stringIn, type Json } from '../lib/json.ts';
import type { DryRun } from './contract.ts';
import { dryRun } from './dry-run.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** What would happen to a request, without making it. */
export const dryRunRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/purser/dry-run'], access: 'admin', run },
];

function run(ports: Ports, { body: asked }: AdminAsk): Promise<DryRun> {
  const { path = '/v1/chat/completions', body, key, project, ...rest } = asked;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined)
    throw invalid(`${unknown} is not known here; known are path, body, key and project.`, unknown);
  if (!isObject(body)) throw invalid('body must be the request as its client would send it, a JSON object.', 'body');
  return dryRun(ports, {
    path: textOf(path, 'path') ?? '',
    body,
    key: textOf(key, 'key'),
    project: textOf(project, 'project'),
  });
}

function textOf(value: Json | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = stringIn(value);
  if (text === undefined) throw invalid(`${name} must be a text.`, name);
  return text;
}
