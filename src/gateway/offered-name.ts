import type { Ports } from './ports.ts';

/** Caught by none of the starter's patterns, such as `claude-*` and `anthropic/*`. */
const prefix = 'claude/';

/** Claude Code offers only models with claude or anthropic in their names (seen in 2.1.330): others get a prefix for it. */
export const offeredName = (model: string): string => (/claude|anthropic/i.test(model) ? model : prefix + model);

/** The name behind an offered one; a model that is really called so keeps its name. */
export const plainName = (ports: Ports, model: string): string =>
  model.startsWith(prefix) && !ports.catalog().names.includes(model) ? model.slice(prefix.length) : model;
