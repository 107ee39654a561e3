import { createHash } from 'node:crypto';
import type { DeploymentConfig } from './config.ts';

/**
 * Names the account that a deployment is billed to, and never the key itself: `openai/OPENAI_API_KEY`. A key that stands
 * in the file goes by a few digits of its hash, too few to tell it from others.
 */
export const accountOf = (deployment: DeploymentConfig): string =>
  `${deployment.provider}/${deployment.keyName ?? nameOfKey(deployment)}`;

/** Whether it has a key that can be refused. */
export const isKeyed = ({ apiKey, aws }: DeploymentConfig): boolean => apiKey !== undefined || aws?.keys !== undefined;

/** One key at one address is one account, however many models are called with it. */
function nameOfKey({ apiKey, aws, apiBase = '' }: DeploymentConfig): string {
  const key = apiKey ?? aws?.keys?.accessKeyId;
  if (key === undefined) return 'no key';
  return `key-${createHash('sha256').update(`${apiBase} ${key}`).digest('hex').slice(0, 6)}`;
}

/** What an account may be called in `account_budgets`: with its provider, or without. */
export function accountNames(account: string): readonly string[] {
  const slash = account.indexOf('/');
  return slash < 0 ? [account] : [account, account.slice(slash + 1)];
}
