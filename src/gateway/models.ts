import type { Terms } from '../keys/terms.ts';
import { mayUse } from '../keys/virtual-key.ts';
import { starIn } from '../lib/wildcard.ts';
import type { Caller } from './authenticate.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';

/** A model that a caller may use, by its public name. */
export interface ListedModel {
  readonly id: string;
  /** Tokens; undefined when not known. */
  readonly maxInput: number | undefined;
  readonly maxOutput: number | undefined;
}

/** The models that `caller` may use: names and aliases as configured, patterns as what they stand for. */
export async function listModels(ports: Ports, { key, project }: Caller): Promise<readonly ListedModel[]> {
  await ports.prices.warm();
  const catalog = ports.catalog();
  const owners = [key, ports.projects.get(project)];
  const listed = new Map<string, ListedModel>();
  const add = (id: string, deployment: Deployment | undefined): void => {
    if (listed.has(id) || !isFor(owners, id)) return;
    listed.set(id, { id, maxInput: deployment?.maxInput(), maxOutput: deployment?.maxOutput });
  };
  const lists = catalog.deployments.map(async (one) =>
    one.name.includes('*') ? ports.discovery.modelsOf(one) : [one.model],
  );
  for (const [index, models] of (await Promise.all(lists)).entries()) {
    const deployment = catalog.deployments[index];
    if (deployment === undefined) continue;
    for (const model of models) add(publicName(deployment, model), deployment);
  }
  for (const [name, { hidden }] of Object.entries(ports.config().aliases)) if (!hidden) add(name, undefined);
  for (const owner of owners) for (const name of Object.keys(owner?.aliases ?? {})) add(name, undefined);
  return [...listed.values()];
}

const isFor = (owners: readonly (Terms | undefined)[], name: string): boolean =>
  owners.every((owner) => owner === undefined || mayUse(owner, name));

/** `openai/*` for `gpt-*` makes `openai/gpt-5` of `gpt-5`'s star. */
function publicName({ name, config }: Deployment, model: string): string {
  return name.replace('*', starIn(config.model, model) ?? model);
}
