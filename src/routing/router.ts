import { starIn } from '../lib/wildcard.ts';

/** What routing needs to know of a deployment; the real one has more. */
export interface Routable {
  /** The public name it serves, with at most one `*`. */
  readonly name: string;
  /** Lower orders are tried first. */
  readonly order?: number;
  readonly weight?: number;
  readonly rpm?: number;
  readonly tpm?: number;
}

export interface Route<D> {
  /** The public name that serves the call: the asked one after aliases. */
  readonly group: string;
  readonly deployments: readonly D[];
  /** What the pattern's `*` stands for; undefined when the name is exact. */
  readonly star?: string;
}

export type Aliases = Readonly<Record<string, string | undefined>>;

export interface Router<D> {
  /**
   * Exact names first, then aliases, then the wildcard with the longest fixed part, and where nothing serves `model`, an
   * alias with a `*`: a stand-in for a whole family. Undefined when there is none.
   */
  resolve(model: string, ...aliases: readonly Aliases[]): Route<D> | undefined;
  /** The public names, in the order of the configuration, patterns included. */
  readonly names: readonly string[];
}

/** Groups deployments by public name, once per configuration. */
export function router<D extends Routable>(deployments: readonly D[]): Router<D> {
  const groups = new Map<string, D[]>();
  for (const deployment of deployments) {
    const group = groups.get(deployment.name);
    if (group === undefined) groups.set(deployment.name, [deployment]);
    else group.push(deployment);
  }
  const patterns = [...groups.keys()].filter((name) => name.includes('*')).sort((a, b) => b.length - a.length);

  const exact = (name: string): Route<D> | undefined => {
    const group = groups.get(name);
    return group && !name.includes('*') ? { group: name, deployments: group } : undefined;
  };
  const wild = (name: string): Route<D> | undefined => {
    for (const pattern of patterns) {
      const star = starIn(pattern, name);
      if (star !== undefined) return { group: name, deployments: groups.get(pattern) ?? [], star };
    }
    return undefined;
  };
  const standIn = (model: string, aliases: readonly Aliases[]): Route<D> | undefined => {
    const patterned = aliases.flatMap((names) => Object.entries(names).filter(([name]) => name.includes('*')));
    const fitting = patterned.filter(([name]) => starIn(name, model) !== undefined);
    const [, target] = fitting.sort(([a], [b]) => b.length - a.length)[0] ?? [];
    return target === undefined ? undefined : (exact(target) ?? wild(target));
  };
  return {
    names: [...groups.keys()],
    resolve(model, ...aliases) {
      const direct = exact(model);
      if (direct) return direct;
      for (const names of aliases) {
        const target = Object.hasOwn(names, model) ? names[model] : undefined;
        if (target !== undefined) return exact(target) ?? wild(target);
      }
      return wild(model) ?? standIn(model, aliases);
    },
  };
}

/**
 * The order in which to try a group: by `order`, within one by what a strategy makes of each (the least first), and among
 * equals a weighted shuffle. A weight is `weight`, else `rpm`, else `tpm`, else 1, as LiteLLM's simple-shuffle has it.
 * `random` gives [0, 1).
 */
export function inOrder<D extends Routable>(
  deployments: readonly D[],
  random: () => number,
  scores: readonly number[] = [],
): readonly D[] {
  if (deployments.length < 2) return deployments;
  // Efraimidis and Spirakis: sorting by log(random) / weight draws without replacement by weight.
  const drawn = deployments.map((deployment, index) => {
    const weight = deployment.weight ?? deployment.rpm ?? deployment.tpm ?? 1;
    const draw = weight > 0 ? Math.log(1 - random()) / weight : -Infinity;
    return { deployment, order: orderOf(deployment), score: scores[index] ?? 0, draw };
  });
  // Infinities cannot be subtracted from one another.
  drawn.sort((a, b) => a.order - b.order || compare(a.score, b.score) || compare(b.draw, a.draw));
  return drawn.map(({ deployment }) => deployment);
}

export const orderOf = ({ order = 1 }: Routable): number => order;

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The same order with one deployment first in its level, where that level is the first. */
export function withFirst<D extends Routable>(ordered: readonly D[], isFirst: (one: D) => boolean): readonly D[] {
  const [first] = ordered;
  const wanted = ordered.find(isFirst);
  if (first === undefined || wanted === undefined || orderOf(wanted) !== orderOf(first)) return ordered;
  return [wanted, ...ordered.filter((one) => one !== wanted)];
}
