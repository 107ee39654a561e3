import type { Limited, LimitedKind, RateLimits } from '../budgets/rates.ts';
import { Failure } from '../chat/failure.ts';
import { totalTokens } from '../chat/usage.ts';
import { projectTitle, type Project } from '../keys/project.ts';
import { mayUse, titleOf } from '../keys/virtual-key.ts';
import type { Route } from '../routing/router.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';
import { tokensOf } from './room.ts';
import type { Headers } from './sink.ts';

/** Where a call may go. Throws `forbidden` for a model that is not for this key or a blocked project, `invalid-request` for one that does not exist. */
export function routeFor(ports: Ports, call: Call): Route<Deployment> {
  const { model } = call.outline;
  const project = knownProject(ports, call);
  if (project?.blocked) throw projectBlocked(project);
  if (!mayCall(ports, call, model)) throw notForThisKey(model);
  const ofKey = call.caller.key?.aliases ?? {};
  const aliases = project === undefined ? ofKey : { ...project.aliases, ...ofKey };
  return ports.catalog().find(model, aliases);
}

/** Whether the call's key and project may use this public model name, or what they have it stand for. */
export function mayCall(ports: Ports, call: Call, model: string): boolean {
  const { key } = call.caller;
  const project = knownProject(ports, call);
  const meant = key?.aliases[model] ?? project?.aliases[model] ?? model;
  return [key, project].every((one) => one === undefined || mayUse(one, model) || mayUse(one, meant));
}

/** The project that the call counts on, if it is a known one. */
export const knownProject = ({ projects }: Pick<Ports, 'projects'>, { attribution }: Call): Project | undefined =>
  projects.get(attribution.project);

/** What a call takes of the rates of its key, its project and the whole gateway while it runs. */
export interface Permit {
  readonly headers: Headers;
  /** Gives back the place, and counts the tokens that it really took. */
  done(bill: Bill): void;
}

const noLimits: Permit = { headers: {}, done: () => undefined };

/** Counts a call on all limits of requests and tokens that apply, or on none. Throws `rate-limited`. */
export function admit(ports: Ports, call: Call): Permit {
  const limited = limitedIn(ports, call);
  if (limited.length === 0) return noLimits;
  const admission = ports.rates.admit(limited, tokensOf(call));
  return {
    headers: admission.headers,
    done(bill) {
      const usages = bill.attempts.map(({ meter }) => meter.usage).filter((usage) => usage !== undefined);
      admission.correct(usages.reduce((sum, usage) => sum + totalTokens(usage), 0));
      admission.release();
    },
  };
}

function limitedIn(ports: Ports, call: Call): readonly Limited[] {
  const { key } = call.caller;
  const project = knownProject(ports, call);
  const { globalMaxParallel = null } = ports.config();
  const limited: Limited[] = [];
  const add = (id: string, kind: LimitedKind, title: string, { rpm, tpm, maxParallel }: RateLimits): void => {
    if (rpm !== null || tpm !== null || maxParallel !== null) limited.push({ id, kind, title, rpm, tpm, maxParallel });
  };
  if (key !== undefined) add(`key:${key.id}`, 'key', titleOf(key), key);
  if (project !== undefined) add(`project:${project.id}`, 'project', projectTitle(project), project);
  add('gateway', 'gateway', 'the whole gateway', { rpm: null, tpm: null, maxParallel: globalMaxParallel });
  return limited;
}

const notForThisKey = (model: string): Failure =>
  new Failure(
    'forbidden',
    `The requested model '${model.slice(0, 200)}' is not available for this API key, or the model name is invalid. ` +
      'Check the models available to you and try again.',
    { param: 'model', code: 'key_model_access_denied' },
  );

const projectBlocked = (project: Project): Failure =>
  new Failure('forbidden', `The ${projectTitle(project)} is blocked. Unblock it with POST /team/unblock.`, {
    code: 'project_blocked',
    scope: `project:${project.id}`,
  });
