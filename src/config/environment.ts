import { parseEnv } from 'node:util';

/** What a variable holds; undefined when it is not set. */
export type Environment = (name: string) => string | undefined;

type Variables = Readonly<Record<string, string | undefined>>;

/** The real environment, then the text of a `.env`. A variable that is set but empty counts as not set: it can be no key. */
export function environmentOf(given: {
  readonly processEnv: Variables;
  readonly dotEnvText?: string | undefined;
}): Environment {
  const dotEnv: Variables = given.dotEnvText === undefined ? {} : parseEnv(given.dotEnvText.replace(/^\uFEFF/, ''));
  return withVariables((name) => valueOf(given.processEnv, name), dotEnv);
}

/** The same environment with more variables, which do not override the ones it has. */
export const withVariables =
  (environment: Environment, more: Variables): Environment =>
  (name) =>
    environment(name) ?? valueOf(more, name);

// hasOwn, because `process.env.constructor` is not a variable.
const valueOf = (variables: Variables, name: string): string | undefined =>
  Object.hasOwn(variables, name) && variables[name] !== '' ? variables[name] : undefined;
