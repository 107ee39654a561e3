import type { KeyRow, ProjectRow } from '../src/admin/contract.ts';
import { dollars, fullMoment, span, windowName } from './format.ts';
import { plural, t } from './l10n.ts';
import { Menu } from './overlays.tsx';
import { Badge, Bar, Head } from './parts.tsx';

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

/** The keys with what they have spent of their first budget. */
export function KeyTable({ keys, projects, open }: TableProps) {
  const projectName = (id: string | null): string =>
    projects.find(({ team_id }) => team_id === id)?.team_alias ?? id ?? '';
  return (
    <div class="scroll">
      <table class="wide-rows even">
        <Head columns={[t('Key'), t('Spend'), t('Project'), t('Limits')]} actions />
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
                  label={t('More for {0}', row.key_alias ?? row.key_name)}
                  items={[
                    { title: t('Edit'), onChoose: () => open({ type: 'key', row }) },
                    { title: t('Raise for a while'), onChoose: () => open({ type: 'raise-key', row }) },
                    { title: t('Rotate'), onChoose: () => open({ type: 'rotate', row }) },
                    {
                      title: row.blocked ? t('Unblock') : t('Block'),
                      onChoose: () => open({ type: 'block-key', row }),
                    },
                    { title: t('Delete'), danger: true, onChoose: () => open({ type: 'delete-key', row }) },
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
      <Badge tone="bad" {...(why !== null && { title: t('It {0}.', why) })}>
        {why === null ? t('blocked') : t('paused')}
      </Badge>
    );
  if (expires === null) return null;
  const left = Date.parse(expires) - Date.now();
  return (
    <Badge tone={left <= 0 ? 'bad' : 'plain'} title={fullMoment(Date.parse(expires))}>
      {left <= 0 ? t('expired') : t('ends in {0}', span(left))}
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
        {inDollars(row.total_spend)} <span class="quiet">{t('in all')}</span>
      </span>
    );
  const share = most > 0 ? spend / most : 1;
  return (
    <div class="spend">
      <span class="figure">
        {inDollars(spend)} <span class="quiet">{t('of {0} {1}', inDollars(most), windowName(duration))}</span>
      </span>
      <Bar share={share} tone="budget" label={t('{0} of {1} spent', inDollars(spend), inDollars(most))} />
      {isRaised && (
        <span class="quiet">{t('{0} more for {1}', inDollars(raise), span(Date.parse(end) - Date.now()))}</span>
      )}
    </div>
  );
}

function Limits({ row }: { readonly row: KeyRow | ProjectRow }) {
  const { budget_limits: more, models, rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel } = row;
  const told = [
    ...more.map(({ max_budget, budget_duration }) => `${inDollars(max_budget)} ${windowName(budget_duration)}`),
    ...(models.length > 0 ? [models.join(', ')] : []),
    ...(rpm === null ? [] : [plural(rpm, '{0} request a minute', '{0} requests a minute')]),
    ...(tpm === null ? [] : [plural(tpm, '{0} token a minute', '{0} tokens a minute')]),
    ...(parallel === null ? [] : [t('{0} at once', parallel)]),
    ...('keep_bodies' in row && row.keep_bodies !== null
      ? [plural(row.keep_bodies, 'prompts kept for {0} day', 'prompts kept for {0} days')]
      : []),
  ];
  return <>{told.join(' · ')}</>;
}

/** The projects likewise. */
export function ProjectTable({ projects, open }: TableProps) {
  return (
    <div class="scroll">
      <table class="wide-rows even">
        <Head columns={[t('Project'), t('Spend'), t('Folders'), t('Limits')]} actions />
        <tbody>
          {projects.map((row) => (
            <tr key={row.team_id}>
              <th scope="row">
                <button type="button" class="link cut" onClick={() => open({ type: 'project', row })}>
                  {row.team_alias ?? row.team_id}
                </button>
                <div class="quiet">
                  {plural(row.keys.length, '{0} key', '{0} keys')}{' '}
                  {row.blocked && <Badge tone="bad">{t('blocked')}</Badge>}
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
                  label={t('More for {0}', row.team_alias ?? row.team_id)}
                  items={[
                    { title: t('Edit'), onChoose: () => open({ type: 'project', row }) },
                    { title: t('Raise for a while'), onChoose: () => open({ type: 'raise-project', row }) },
                    {
                      title: row.blocked ? t('Unblock') : t('Block'),
                      onChoose: () => open({ type: 'block-project', row }),
                    },
                    { title: t('Delete'), danger: true, onChoose: () => open({ type: 'delete-project', row }) },
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
