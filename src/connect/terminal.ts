import { ofFamily, servesAll, type Family, type OfferedModel } from './assistant.ts';
import type { Login } from './logins.ts';
import { modelChoices, smallModelFor } from './models.ts';

/** A format that command lines speak, and how those that do are told where to go. */
interface TerminalDialect {
  readonly id: DialectId;
  readonly title: string;
  readonly family: Family;
  readonly base: (url: string) => Record<string, string>;
  /** These hold the key. */
  readonly keys: readonly string[];
  /** Where one of these is set it wins over ours, or goes along with it: it is set too, but only then. */
  readonly rivals: readonly string[];
  /** These name the models where not every one of the family is served; the second is for titles and summaries. */
  readonly models: readonly string[];
  /** For whom this is enough, without a file. */
  readonly enoughFor: string;
  /** Whose login would be left unused. */
  readonly assistants: readonly string[];
}
export type DialectId = 'openai' | 'anthropic' | 'gemini';

const dialects: readonly TerminalDialect[] = [
  {
    id: 'anthropic',
    title: 'Anthropic',
    family: 'claude',
    base: (url) => ({ ANTHROPIC_BASE_URL: url }),
    keys: ['ANTHROPIC_AUTH_TOKEN'],
    rivals: ['ANTHROPIC_API_KEY'],
    models: ['ANTHROPIC_MODEL', 'ANTHROPIC_DEFAULT_HAIKU_MODEL'],
    enoughFor: "Claude Code and whatever uses Anthropic's SDKs",
    assistants: ['claude-code'],
  },
  {
    id: 'openai',
    title: 'OpenAI',
    family: 'gpt',
    base: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_BASE: `${url}/v1` }),
    keys: ['OPENAI_API_KEY'],
    rivals: [],
    models: [],
    enoughFor: "Aider with a model openai/NAME, llm, and whatever uses OpenAI's SDKs or LangChain",
    assistants: [],
  },
  {
    id: 'gemini',
    title: 'Gemini',
    family: 'gemini',
    base: (url) => ({ GOOGLE_GEMINI_BASE_URL: url }),
    keys: ['GEMINI_API_KEY'],
    rivals: ['GOOGLE_API_KEY'],
    models: ['GEMINI_MODEL'],
    enoughFor: "Gemini CLI when it is set to an API key, and whatever uses Google's SDKs",
    assistants: ['gemini-cli'],
  },
];

/** Those for whom no variable is enough. */
export const needConnect =
  'Codex, Qwen Code, Cline, Continue, opencode, Kilo Code and Copilot need "Purser: Connect Assistant".';

/** What setting one dialect's variables would do. */
export interface TerminalOffer {
  readonly id: DialectId;
  readonly title: string;
  /** The variables that would be set, in their order. */
  readonly names: readonly string[];
  readonly enoughFor: string;
  /** What would not be used any more, each in few words. */
  readonly overrides: readonly string[];
  /** Whether to choose it unless its user says otherwise: never in the place of a flat rate. */
  readonly isSafe: boolean;
}

export interface TerminalFacts {
  readonly models: readonly OfferedModel[];
  /** The environment that terminals have by themselves. */
  readonly variable: (name: string) => string | undefined;
  readonly logins: readonly Login[];
  /** Ours, which may stand in the environment already. */
  readonly url: string;
}

/** The dialects for which there is a model that their command lines ask for. */
export function terminalOffers({ models, variable, logins, url }: TerminalFacts): readonly TerminalOffer[] {
  return dialects
    .filter(({ family }) => ofFamily(models, family).length > 0)
    .map((dialect) => {
      const { id, title, enoughFor, assistants } = dialect;
      const names = Object.keys(valuesOf(dialect, { url, key: '', models, variable }));
      const isOurs = Object.entries(dialect.base(url)).some(([name, value]) => variable(name) === value);
      const taken = isOurs ? [] : names.filter((name) => (variable(name) ?? '') !== '');
      const unused = logins.filter(({ assistant }) => assistants.includes(assistant));
      const overrides = [
        ...(taken.length > 0 ? [`${taken.join(', ')}: set already, would be replaced`] : []),
        ...unused.map(({ what }) => `${what} would not be used: calls are paid by the token`),
      ];
      return { id, title, names, enoughFor, overrides, isSafe: unused.length === 0 };
    });
}

/** What the values of the variables are made of. */
export interface TerminalAccess extends Pick<TerminalFacts, 'models' | 'variable' | 'url'> {
  readonly key: string;
}

/** The variables for terminals, in the order in which they are best read. `PURSER_*` is for scripts of one's own. */
export function terminalVariables(
  chosen: readonly DialectId[],
  access: TerminalAccess,
): Readonly<Record<string, string>> {
  const all = dialects.filter(({ id }) => chosen.includes(id)).map((dialect) => valuesOf(dialect, access));
  const own = { PURSER_BASE_URL: access.url, PURSER_API_KEY: access.key };
  return Object.assign({}, ...all, all.length > 0 && own) as Record<string, string>;
}

function valuesOf(dialect: TerminalDialect, { url, key, models, variable }: TerminalAccess): Record<string, string> {
  const { base, keys, rivals } = dialect;
  const rivalsHere = rivals.filter((name) => (variable(name) ?? '') !== '');
  return {
    ...base(url),
    ...Object.fromEntries([...keys, ...rivalsHere].map((name) => [name, key])),
    ...modelsFor(dialect, models),
  };
}

function modelsFor(
  { models: [main, small], family }: TerminalDialect,
  offered: readonly OfferedModel[],
): Record<string, string> {
  const [first] = ofFamily(modelChoices({ family }, offered).models, family);
  if (first === undefined || servesAll(offered, family)) return {};
  return {
    ...(main !== undefined && { [main]: first.id }),
    ...(small !== undefined && { [small]: smallModelFor(first.id, offered) }),
  };
}
