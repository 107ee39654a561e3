import type { DeploymentConfig } from '../config/config.ts';
import type { Ports } from '../gateway/ports.ts';
import { findProvider, providers } from '../providers/index.ts';
import { keyPages } from '../providers/key-pages.ts';
import type { AdminRoute } from './routes.ts';

/** Which keys there may be, by the variables that they are looked up by. Never a key. */
export const providerKeyRoutes: readonly AdminRoute[] = [
  { method: 'get', paths: ['/purser/providers'], access: 'admin', run: keyedProviders },
];

/** A provider that a key is all one needs for, or one whose key the configuration names. */
export interface KeyedProvider {
  /** LiteLLM's prefix: `openai`. */
  readonly name: string;
  readonly title: string;
  /** The variable that the key is looked up by. */
  readonly variable: string;
  /** Where it is to be had. */
  readonly page: string | null;
  /** The public names of what is called with it. */
  readonly models: readonly string[];
}

function keyedProviders(ports: Ports): readonly KeyedProvider[] {
  const { deployments } = ports.config();
  const named = deployments.flatMap(({ provider, keyName }) =>
    keyName === undefined || usual.some(({ variable }) => variable === keyName) ? [] : offer(provider, keyName),
  );
  const distinct = named.filter(({ variable }, index) => named.findIndex((one) => one.variable === variable) === index);
  return [...usual, ...distinct].map((one) => ({ ...one, models: modelsOf(one.variable, deployments) }));
}

const offer = (name: string, variable: string): Omit<KeyedProvider, 'models'> => ({
  ...{ name, variable, title: findProvider(name)?.title ?? name, page: keyPages[name] ?? null },
});

const modelsOf = (variable: string, deployments: readonly DeploymentConfig[]): readonly string[] => [
  ...new Set(deployments.filter(({ keyName }) => keyName === variable).map(({ name }) => name)),
];

const withKeyAlone = providers
  .filter(({ baseUrl, local, aws }) => baseUrl !== undefined && !local && !aws)
  .flatMap(({ name, keyVariables }) => keyVariables.slice(0, 1).map((variable) => offer(name, variable)));

/** Of two prefixes for one account the first will do. */
const usual = withKeyAlone.filter(
  ({ variable }, index) => withKeyAlone.findIndex((one) => one.variable === variable) === index,
);
