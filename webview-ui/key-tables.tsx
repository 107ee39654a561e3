import type { KeyRow, ProjectRow } from '../src/admin/contract.ts';
import { counted, dollars, fullMoment, span, windowName } from './format.ts';
import { Menu } from './overlays.tsx';
import { Badge, Bar } from './parts.tsx';

/** Which dialog is open, and about whom. */
export type Open =
  | { readonly type: 'new-key' | 'new-project' }
  | { readonly type: 'key' | 'rotate' | 'raise-key' | 'delete-key' | 'block-key'; readonly row: KeyRow }
  | { readonly type: 'project' | 'raise-project' | 'delete-project' | 'block-project'; readonly row: ProjectRow }
  | { readonly type: 'secret'; readonly secret: string };

interface TableProps {
  readonly keys: readonly KeyRow[];
  readonly projects: readonly ProjectRow[];
  readonly open: (what: Open) => void;
}

const Head = ({ names }: { readonly names: readonly string[] }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
      <th scope="col">
        <span class="unseen">Actions</span>
      </th>
    </tr>
  </thead>
);

/** The keys with what they have spent of their first budget. */
export function KeyTable({ keys, projects, open }: TableProps) {
  const projectName = (id: string | null): string =>
    projects.find(({ team_id }) => team_id === id)?.team_alias ?? id ?? '';
  return (
    <div class="scroll">
      <table class="wide-rows even">
        <Head names={['Key', 'Spend', 'Project', 'Limits']} />
        <tbody>
          {keys.map((row) => (
            <tr key={row.token}>
              <th scope="row">
                <button type="button" class="link cut" onClick={() => open({ type: 'key', row })}>
                  {row.key_alias ?? row.key_name}
                </button>
                <div class="quiet">
                  {row.key_name} <KeyState row={row} />
                </div>
              </th>
              <td>
                <Spend row={row} />
              </td>
              <td class="cut">{projectName(row.team_id)}</td>
              <td class="quiet">
                <Limits row={row} />
              </td>
              <td class="actions-cell">
                <Menu
                  label={`More for ${row.key_alias ?? row.key_name}`}
                  items={[
                    { title: 'Edit', onChoose: () => open({ type: 'key', row }) },
                    { title: 'Raise for a while', onChoose: () => open({ type: 'raise-key', row }) },
                    { title: 'Rotate', onChoose: () => open({ type: 'rotate', row }) },
                    { title: row.blocked ? 'Unblock' : 'Block', onChoose: () => open({ type: 'block-key', row }) },
                    { title: 'Delete', danger: true, onChoose: () => open({ type: 'delete-key', row }) },
                  ]}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyState({ row }: { readonly row: KeyRow }) {
  const { blocked, blocked_because: why, expires } = row;
  if (blocked)
    return (
      <Badge tone="bad" {...(why !== null && { title: `It ${why}.` })}>
        {why === null ? 'blocked' : 'paused'}
      </Badge>
    );
  if (expires === null) return null;
  const left = Date.parse(expires) - Date.now();
  return (
    <Badge tone={left <= 0 ? 'bad' : 'plain'} title={fullMoment(Date.parse(expires))}>
      {left <= 0 ? 'expired' : `ends in ${span(left)}`}
    </Badge>
  );
}

/** From dollars, which LiteLLM's rows are in. */
const inDollars = (amount: number): string => dollars(Math.round(amount * 1e9));

/** Of its first budget, with the raise that holds now. */
function Spend({ row }: { readonly row: KeyRow | ProjectRow }) {
  const {
    spend,
    max_budget: max,
    budget_duration: duration,
    temp_budget_increase: raise,
    temp_budget_expiry: end,
  } = row;
  const isRaised = raise !== null && end !== null && Date.parse(end) > Date.now();
  const most = max === null ? null : max + (isRaised ? raise : 0);
  if (most === null)
    return (
      <span class="figure">
        {inDollars(row.total_spend)} <span class="quiet">in all</span>
      </span>
    );
  const share = most > 0 ? spend / most : 1;
  return (
    <div class="spend">
      <span class="figure">
        {inDollars(spend)}{' '}
        <span class="quiet">
          of {inDollars(most)} {windowName(duration)}
        </span>
      </span>
      <Bar share={share} tone="budget" label={`${inDollars(spend)} of ${inDollars(most)} spent`} />
      {isRaised && (
        <span class="quiet">
          {inDollars(raise)} more for {span(Date.parse(end) - Date.now())}
        </span>
      )}
    </div>
  );
}

function Limits({ row }: { readonly row: KeyRow | ProjectRow }) {
  const { budget_limits: more, models, rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel } = row;
  const told = [
    ...more.map(({ max_budget, budget_duration }) => `${inDollars(max_budget)} ${windowName(budget_duration)}`),
    ...(models.length > 0 ? [models.join(', ')] : []),
    ...(rpm === null ? [] : [`${rpm} requests a minute`]),
    ...(tpm === null ? [] : [`${tpm} tokens a minute`]),
    ...(parallel === null ? [] : [`${parallel} at once`]),
  ];
  return <>{told.join(' · ')}</>;
}

/** The projects likewise. */
export function ProjectTable({ projects, open }: TableProps) {
  return (
    <div class="scroll">
      <table class="wide-rows even">
        <Head names={['Project', 'Spend', 'Folders', 'Limits']} />
        <tbody>
          {projects.map((row) => (
            <tr key={row.team_id}>
              <th scope="row">
                <button type="button" class="link cut" onClick={() => open({ type: 'project', row })}>
                  {row.team_alias ?? row.team_id}
                </button>
                <div class="quiet">
                  {counted(row.keys.length, 'key')} {row.blocked && <Badge tone="bad">blocked</Badge>}
                </div>
              </th>
              <td>
                <Spend row={row} />
              </td>
              <td class="cut quiet" title={row.folders.join('\n')}>
                {row.folders.join(', ')}
              </td>
              <td class="quiet">
                <Limits row={row} />
              </td>
              <td class="actions-cell">
                <Menu
                  label={`More for ${row.team_alias ?? row.team_id}`}
                  items={[
                    { title: 'Edit', onChoose: () => open({ type: 'project', row }) },
                    { title: 'Raise for a while', onChoose: () => open({ type: 'raise-project', row }) },
                    { title: row.blocked ? 'Unblock' : 'Block', onChoose: () => open({ type: 'block-project', row }) },
                    { title: 'Delete', danger: true, onChoose: () => open({ type: 'delete-project', row }) },
                  ]}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
