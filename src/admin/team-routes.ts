import { Failure, invalid } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import type { Project, ProjectSettings } from '../keys/project.ts';
import type { VirtualKey } from '../keys/virtual-key.ts';
import { defined } from '../lib/json.ts';
import { checked } from './key-fields.ts';
import { keyRow } from './key-rows.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';
import { deleteTeamFields, newTeamFields, teamReference, updateTeamFields, type TeamFields } from './team-fields.ts';
import { iso, spendRow, termsOf, termsRow, usageRow } from './terms.ts';

/** LiteLLM's management of teams, which are projects here. */
export const teamRoutes: readonly AdminRoute[] = [
  { method: 'post', paths: ['/team/new'], access: 'admin', run: create },
  { method: 'get', paths: ['/team/info'], access: 'key', run: info },
  { method: 'get', paths: ['/team/list'], access: 'admin', run: list },
  { method: 'post', paths: ['/team/update'], access: 'admin', run: update },
  { method: 'post', paths: ['/team/delete'], access: 'admin', run: remove },
  { method: 'post', paths: ['/team/block'], access: 'admin', run: (ports, ask) => setBlocked(ports, ask, true) },
  { method: 'post', paths: ['/team/unblock'], access: 'admin', run: (ports, ask) => setBlocked(ports, ask, false) },
];

/** Keys that named this id before there was a team belong to it from now on. */
async function create(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const { team_id: chosen, ...fields } = checked(newTeamFields, { ...ports.config().projectDefaults, ...body });
  const record = ports.projects.created(settingsOf(ports, fields), chosen ?? undefined);
  await ports.books.change(record);
  return teamRow(ports, ports.projects.known(record.id));
}

function info(ports: Ports, { caller, query }: AdminAsk): unknown {
  const id = query['team_id'] ?? caller.project ?? undefined;
  if (id === undefined) throw invalid('Say which team: /team/info?team_id=...', 'team_id');
  if (caller.key !== undefined && caller.project !== id)
    throw new Failure('forbidden', 'A key may ask only about its own team.', { param: 'team_id', code: 'admin_only' });
  const project = ports.projects.known(id);
  return {
    team_id: id,
    team_info: { ...teamRow(ports, project), ...usageRow(ports, `project:${id}`, project) },
    keys: caller.key === undefined ? keysOf(ports, id).map((key) => keyRow(ports, key)) : [],
    team_memberships: [],
  };
}

function list(ports: Ports): unknown {
  const keys = (id: string) => keysOf(ports, id).map(({ hash }) => hash);
  return ports.projects.list().map((project) => ({ ...teamRow(ports, project), keys: keys(project.id) }));
}

async function update(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const { team_id: id, ...fields } = checked(updateTeamFields, body);
  await ports.books.change(ports.projects.changed(id, settingsOf(ports, fields)));
  return { team_id: id, data: teamRow(ports, ports.projects.known(id)) };
}

/** With their keys, as in LiteLLM: without its team a key would have no limits but its own. */
async function remove(ports: Ports, { body }: AdminAsk): Promise<unknown> {
  const ids = [...new Set(checked(deleteTeamFields, body).team_ids)];
  // All are looked up first: either every one is there to delete, or none is deleted.
  for (const id of ids) ports.projects.known(id);
  const keys = ids.flatMap((id) => keysOf(ports, id));
  for (const { id } of keys) await ports.books.change(ports.keys.deleted(id));
  for (const id of ids) await ports.books.change(ports.projects.deleted(id));
  await ports.bodies.sweep();
  return { deleted_teams: ids, deleted_keys: keys.map(({ hash }) => hash) };
}

async function setBlocked(ports: Ports, { body }: AdminAsk, blocked: boolean): Promise<unknown> {
  const { team_id: id } = checked(teamReference, body);
  await ports.books.change(ports.projects.changed(id, { blocked }));
  return teamRow(ports, ports.projects.known(id));
}

const keysOf = (ports: Ports, id: string): readonly VirtualKey[] =>
  ports.keys.list().filter(({ project }) => project === id);

const teamRow = (ports: Ports, project: Project): Record<string, unknown> => ({
  team_id: project.id,
  team_alias: project.alias,
  ...spendRow(ports, `project:${project.id}`, project),
  ...termsRow(project),
  model_aliases: project.aliases,
  folders: project.folders,
  git_remotes: project.remotes,
  organization_id: null,
  members_with_roles: [],
  created_at: iso(project.createdAt),
  updated_at: iso(project.updatedAt),
});

/** The fields in our own units. Left out stays left out; null clears. */
function settingsOf(ports: Ports, fields: TeamFields): ProjectSettings {
  const { team_alias, model_aliases, folders, git_remotes } = fields;
  return defined({
    ...termsOf(ports, fields),
    alias: team_alias,
    aliases: model_aliases === null ? {} : model_aliases,
    folders: folders === null ? [] : folders,
    remotes: git_remotes === null ? [] : git_remotes,
  });
}
