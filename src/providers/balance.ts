import { numberIn, objectIn, objectsIn, stringIn, type JsonObject } from '../lib/json.ts';
import type { Target } from './provider.ts';

/** What is left on an account. */
export interface Balance {
  /** ISO 4217. */
  readonly currency: string;
  readonly left: number;
}

/** A free call that tells what is left. */
export interface BalanceSource {
  readonly url: (target: Target) => string;
  /** Nothing where the answer does not say. */
  readonly read: (answer: JsonObject, target: Target) => readonly Balance[];
}

/**
 * The account's credits, which only a management key may see, else what is left of the key's own limit
 * (openrouter.ai/docs: "Get remaining credits", "Limits"). In dollars.
 */
export const openrouterBalance: readonly BalanceSource[] = [
  {
    url: ({ baseUrl }) => `${baseUrl}/credits`,
    read(answer) {
      const { total_credits: bought, total_usage: used } = objectIn(answer.data);
      const [all, gone] = [numberIn(bought), numberIn(used)];
      return all === undefined || gone === undefined ? [] : [{ currency: 'USD', left: all - gone }];
    },
  },
  {
    url: ({ baseUrl }) => `${baseUrl}/key`,
    read(answer) {
      // Null for a key without a limit.
      const left = numberIn(objectIn(answer.data).limit_remaining);
      return left === undefined ? [] : [{ currency: 'USD', left }];
    },
  },
];

/** In one currency or two, as texts (api-docs.deepseek.com, "Get User Balance"). */
export const deepseekBalance: readonly BalanceSource[] = [
  {
    url: ({ baseUrl }) => `${baseUrl.replace(/\/(v1|beta)$/, '')}/user/balance`,
    read: (answer) =>
      objectsIn(answer.balance_infos).flatMap(({ currency, total_balance: total }) => {
        const left = Number(stringIn(total) ?? NaN);
        return typeof currency === 'string' && Number.isFinite(left) ? [{ currency, left }] : [];
      }),
  },
];

/** In dollars at api.moonshot.ai, in yuan at api.moonshot.cn (platform.moonshot.ai and .cn, "Check Balance"). */
export const moonshotBalance: readonly BalanceSource[] = [
  {
    url: ({ baseUrl }) => `${baseUrl}/users/me/balance`,
    read(answer, { baseUrl }) {
      const left = numberIn(objectIn(answer.data).available_balance);
      return left === undefined ? [] : [{ currency: /\.cn(\/|:|$)/.test(baseUrl) ? 'CNY' : 'USD', left }];
    },
  },
];
