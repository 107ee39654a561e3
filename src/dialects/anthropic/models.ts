/** What the requests to a Claude model may hold. Models that are not Claude (other servers of this format) get the middle way. */
export interface ModelTraits {
  /** The most that one answer may have, tokens; asked for where the client sets no limit, since Anthropic demands one. */
  readonly maxOutput: number;
  /** Whether it thinks within a budget (Claude 3.7 to 4.6) and whether it finds its own measure (from Claude 4.6). */
  readonly budgets: boolean;
  readonly adapts: boolean;
  /** Whether temperature, top_p and top_k are accepted (until Claude 4.6). */
  readonly samples: boolean;
  /** Whether an answer can be held to a JSON schema (from Claude 4.5, and Opus 4.1). */
  readonly schemas: boolean;
  /** Whether `output_config.effort` knows `xhigh` (from Claude 4.7). */
  readonly extraHigh: boolean;
}

/** From https://docs.anthropic.com/en/docs/about-claude/models and the recorded refusals. */
export function traitsOf(model: string): ModelTraits {
  const [family, version] = familyOf(model);
  if (version === 0)
    return { maxOutput: 8192, budgets: true, adapts: false, samples: true, schemas: false, extraHigh: false };
  return {
    maxOutput: maxOutputOf(family, version),
    budgets: version >= 307 && version <= 406,
    adapts: version >= 406,
    samples: version <= 406,
    schemas: version >= 405 || (family === 'opus' && version === 401),
    extraHigh: version >= 407,
  };
}

function maxOutputOf(family: string, version: number): number {
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (family !== 'opus' || version < 400) return 64_000;
  if (version < 405) return 32_000;
  return version < 406 ? 64_000 : 128_000;
}

const newName = /claude-(opus|sonnet|haiku|fable|mythos)-(\d)(?:[-.](\d{1,2})(?!\d))?/; // claude-opus-4-1-20250805
const oldName = /claude-(\d)(?:[-.](\d))?-(opus|sonnet|haiku)/; // claude-3-5-sonnet-20241022

/** The family, and the version as 405 for 4.5; 0 for what is not Claude. */
function familyOf(model: string): readonly [family: string, version: number] {
  const current = newName.exec(model);
  if (current) return [current[1] ?? '', versionOf(current[2], current[3])];
  const old = oldName.exec(model);
  if (old) return [old[3] ?? '', versionOf(old[1], old[2])];
  if (/claude-(2|instant)/.test(model)) return ['claude', 200];
  return /claude-/.test(model) ? ['claude', 500] : ['', 0]; // a name newer than this table
}

const versionOf = (major = '0', minor = '0'): number => Number(major) * 100 + Number(minor);
