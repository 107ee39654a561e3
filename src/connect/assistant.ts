import { starIn } from '../lib/wildcard.ts';
import type { FileEdit } from './connection.ts';

/** Where a connection holds: in one project, with the project's key, or wherever its user works, with a key of its own. */
export type Scope = 'project' | 'user';

/** Where an assistant's files are. */
export interface Places {
  readonly home: string;
  /** The project's folder; absent where none is open. */
  readonly project?: string;
  /** The editor's own folder of settings, if it lies on this machine. */
  readonly editor?: string;
  /** Variables that move an assistant's folder. */
  readonly variable: (name: string) => string | undefined;
  /** The first of these files that is there, else the last. */
  readonly present: (...paths: readonly [string, ...string[]]) => string;
}

/** A model that the gateway offers, or a name with a `*` that stands for many; with limits in tokens where they are known. */
export interface OfferedModel {
  readonly id: string;
  readonly maxInput?: number;
  readonly maxOutput?: number;
}

/** What an assistant is pointed at. */
export interface Access {
  /** `http://127.0.0.1:4144`, without a path. */
  readonly url: string;
  readonly key: string;
  /** The model to work with; left out: those that the assistant asks for by itself. */
  readonly model?: string;
  /** For titles, summaries and the like. */
  readonly smallModel?: string;
  readonly models: readonly OfferedModel[];
}

/** Model names by the maker that they come from. */
export type Family = 'claude' | 'gpt' | 'gemini';

/** What an assistant leaves on a machine that it is installed on. */
export interface Traces {
  readonly commands?: readonly string[];
  /** In the home. */
  readonly folders?: readonly string[];
  /** Of the editor, by their ids. */
  readonly extensions?: readonly string[];
}

/** An assistant that can be connected by writing into its files: nearly all data. */
export interface Assistant {
  readonly id: string;
  readonly title: string;
  /** What this reaches. */
  readonly detail: string;
  readonly scopes: readonly Scope[];
  /** How the gateway's rows name it. */
  readonly agents: readonly string[];
  readonly traces: Traces;
  /** The models that it asks for by itself; absent: it must be told one. */
  readonly family?: Family;
  readonly edits: (access: Access, scope: Scope, places: Places) => readonly FileEdit[];
  /** What is left to do by hand. */
  readonly then: string;
}

const familyNames: Record<Family, RegExp> = {
  claude: /^claude-/i,
  gpt: /^(gpt-|o\d|chatgpt-|codex-)/i,
  gemini: /^gemini-/i,
};

/** The models that an assistant of this family finds by their bare names. */
export const ofFamily = (models: readonly OfferedModel[], family: Family): readonly OfferedModel[] =>
  models.filter(({ id }) => familyNames[family].test(id));

/** Whether every model of this family is served: which ones an assistant asks for by itself changes with its versions. */
export const servesAll = (models: readonly OfferedModel[], family: Family): boolean =>
  models.some(({ id }) => starIn(id, `${family}-of-tomorrow`) !== undefined);
