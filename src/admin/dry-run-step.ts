import { windowAt } from '../budgets/windows.ts';
import type { Limit } from '../budgets/limit.ts';
import type { Call } from '../gateway/call.ts';
import type { Deployment } from '../gateway/catalog.ts';
import { prepare, type Prepared } from '../gateway/prepare.ts';
import type { Ports } from '../gateway/ports.ts';
import { isObject, parseJson, without, type JsonObject } from '../lib/json.ts';
import { upperBound } from '../tokens/bound.ts';
import type { DryRun } from './contract.ts';
import type { Tried } from '../gateway/rehearsal.ts';

type Step = DryRun['steps'][number];

/** What a rehearsal found at one deployment. */
export function stepOf(ports: Ports, call: Call, { deployment, attempt, request, isAnswered, failure }: Tried): Step {
  const { id, account, provider, model, config } = deployment;
  const hold = attempt?.hold;
  const prepared = request && preparedFor(ports, call, deployment);
  return {
    ...{ id, account, group: attempt?.group ?? deployment.name, model: `${provider.name}/${model}` },
    reason: attempt?.reason ?? null,
    way: isAnswered ? 'mock' : prepared === undefined ? null : prepared.isRelayed ? 'relay' : 'translation',
    hasKey: provider.local === true || config.mockResponse !== undefined || deployment.keyedAccount !== undefined,
    failure: failure === undefined ? null : { kind: failure.kind, message: failure.message },
    url: request === undefined ? null : ports.redact()(withoutQuery(request.url)),
    dialect: prepared?.dialect.name ?? null,
    dropped: prepared?.dropped ?? [],
    changes: request === undefined ? [] : changesIn(asSent(call), bodyOf(request.body), ports.redact()),
    inputBound: upperBound(call.body, model),
    hold: hold?.amount ?? null,
    isAssumed: attempt?.found.assumed ?? false,
    outputLimit: hold?.outputLimit ?? call.outline.maxOutput ?? null,
    isLowered: hold?.outputLimit !== undefined,
    budgets: (hold?.limits ?? []).map((limit) => budgetOf(ports, limit)),
  };
}

function preparedFor(ports: Ports, call: Call, deployment: Deployment): Prepared {
  const { missingRoutes: missing, recall } = ports;
  return prepare(call, deployment, { dropParams: ports.config().dropParams, missing, recall });
}

/** Google's form of a key stands there. */
const withoutQuery = (url: string): string => url.split('?')[0] ?? url;

const bodyOf = (body: Buffer | string | undefined): JsonObject => {
  const read = body === undefined ? undefined : parseJson(body.toString());
  return isObject(read) ? read : {};
};

/** Without what stood in the path. */
const asSent = ({ client, body }: Call): JsonObject => (client.modelInPath ? without(body, 'model', 'stream') : body);

/** As long as a line in which a person compares two values. */
const longestValue = 160;

/** The members at the top of a body that go out otherwise than they came; null: there is none. */
function changesIn(before: JsonObject, after: JsonObject, redact: (text: string) => string): Step['changes'] {
  const shown = (body: JsonObject, name: string): string | null => {
    const value = body[name];
    if (value === undefined) return null;
    const text = redact(JSON.stringify(value));
    return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: shown(before, name), after: shown(after, name) }));
}

/** A budget as it stands before the call. */
function budgetOf(ports: Ports, limit: Limit): Step['budgets'][number] {
  const { spent, held } = ports.budgets.standing(limit).window;
  const { end } = windowAt(limit.duration, ports.clock.now(), ports.config());
  const { title, max, duration } = limit;
  return { title, max, duration, spent, held, left: max - spent - held, until: Number.isFinite(end) ? end : null };
}
