import type { Admission, Limited } from '../budgets/rates.ts';
import type { Call } from './call.ts';
import type { Deployment } from './catalog.ts';
import type { Ports } from './ports.ts';

/** Counts an attempt on its deployment's limits. Throws `rate-limited`, which another deployment may do better at. */
export function admitAttempt(ports: Pick<Ports, 'rates'>, call: Call, deployment: Deployment): Admission | undefined {
  const limited = limitsOf(deployment);
  return limited && ports.rates.admit([limited], tokensOf(call));
}

/** What a call is taken to use before anyone knows: four bytes a token, and the output it asks for. */
export const tokensOf = ({ raw, outline }: Call): number => Math.ceil(raw.length / 4) + (outline.maxOutput ?? 1024);

function limitsOf({ config }: Deployment): Limited | undefined {
  const { id, name, rpm = null, tpm = null, maxParallel = null } = config;
  if (rpm === null && tpm === null && maxParallel === null) return undefined;
  const title = `the deployment ${config.provider}/${config.model} of "${name}"`;
  return { id: `deployment:${id}`, kind: 'deployment', title, rpm, tpm, maxParallel };
}
