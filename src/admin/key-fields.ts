import * as z from 'zod';
import { invalid } from '../chat/failure.ts';
import type { JsonObject } from '../lib/json.ts';
import { termsFields } from './terms.ts';

/** The fields of a key that can be set, as LiteLLM names them. Null clears one. */
const settable = {
  ...termsFields,
  key_alias: z.string().min(1).max(200).nullable(),
  aliases: z.record(z.string(), z.string()).nullable(),
  team_id: z.string().min(1).max(200).nullable(),
  duration: z.string().nullable(),
  budget_fallbacks: z.record(z.string(), z.array(z.string())).nullable(),
  /** Purser's own: for how many days prompts and answers are kept. */
  keep_bodies: z.number().int().positive().nullable(),
};

const key = z.string().min(1);
export const generateFields = z.strictObject({ ...settable, key: key.nullable() }).partial();
export const updateFields = z.strictObject({ ...settable, key }).partial();
export const regenerateFields = z.strictObject({ ...settable, key, new_key: key, grace_period: z.string() }).partial();
export const keyReference = z.strictObject({ key });
export const resetFields = z.strictObject({ reset_to: z.number().nonnegative() });
export const deleteFields = z.strictObject({ keys: z.array(key), key_aliases: z.array(z.string()) }).partial();

export type KeyFields = Omit<z.infer<typeof updateFields>, 'key'>;

/** The body as `fields` describes it. Throws `invalid-request` that names every field at fault, and what was expected of it. */
export function checked<T>(fields: z.ZodType<T>, body: JsonObject): T {
  const result = fields.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: not supported by this gateway`
      : `${issue.path.join('.') || 'the body'}: ${issue.message}`,
  );
  const first = result.error.issues[0];
  const param = first?.code === 'unrecognized_keys' ? first.keys[0] : first?.path.join('.');
  throw invalid(`The request cannot be taken: ${faults.join('; ')}.`, param);
}
