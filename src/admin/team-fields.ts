import * as z from 'zod';
import { termsFields } from './terms.ts';

const id = z.string().min(1).max(200);

/** The fields of a team that can be set, as LiteLLM names them, and two of our own. Null clears one. */
const settable = {
  ...termsFields,
  team_alias: z.string().min(1).max(200).nullable(),
  model_aliases: z.record(z.string(), z.string()).nullable(),
  folders: z.array(z.string()).nullable(),
  git_remotes: z.array(z.string()).nullable(),
};

/** Fields that the configuration may give every new project. */
export const projectDefaultFields = z.strictObject(termsFields).partial();
export const newTeamFields = z.strictObject({ ...settable, team_id: id.nullable() }).partial();
export const updateTeamFields = z.strictObject(settable).partial().extend({ team_id: id });
export const teamReference = z.strictObject({ team_id: id });
export const deleteTeamFields = z.strictObject({ team_ids: z.array(id).min(1) });

export type TeamFields = Omit<z.infer<typeof newTeamFields>, 'team_id'>;
