import { useState } from 'preact/hooks';
import type { ProjectRow } from '../src/admin/contract.ts';
import { useAsk, useHost } from './asking.ts';
import { ConfirmDialog, RaiseDialog, RotateDialog, SecretDialog } from './key-dialogs.tsx';
import { KeyTable, ProjectTable, type Open } from './key-tables.tsx';
import { plural, t } from './l10n.ts';
import { Loading } from './overview.tsx';
import { Button, Empty, Section, Trouble } from './parts.tsx';
import { formOf, keySettingsOf, projectSettingsOf } from './terms.ts';
import { TermsDialog } from './terms-form.tsx';

/** Who may spend, and how much. */
export function KeysView() {
  const keys = useAsk('keys', {});
  const projects = useAsk('projects', {});
  const [open, setOpen] = useState<Open>();
  const again = (): void => {
    keys.again();
    projects.again();
  };
  const refusal = keys.refusal ?? projects.refusal;
  if (keys.data === undefined || projects.data === undefined)
    return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  const shown = { keys: keys.data.keys, projects: projects.data.projects };
  return (
    <>
      <Section
        title={t('Keys')}
        {...(shown.keys.length > 0 && { note: plural(shown.keys.length, '{0} key', '{0} keys') })}
        actions={
          <Button look="primary" onClick={() => setOpen({ type: 'new-key' })}>
            {t('New Key')}
          </Button>
        }
      >
        {shown.keys.length === 0 ? (
          <Empty title={t('No keys yet')}>
            {t('Give each tool a key of its own: then it has its own budget, and can be cut off alone.')}
          </Empty>
        ) : (
          <KeyTable {...shown} open={setOpen} />
        )}
      </Section>
      <Section
        title={t('Projects')}
        {...(shown.projects.length > 0 && { note: plural(shown.projects.length, '{0} project', '{0} projects') })}
        actions={<Button onClick={() => setOpen({ type: 'new-project' })}>{t('New Project')}</Button>}
      >
        {shown.projects.length === 0 ? (
          <Empty title={t('No projects yet')}>
            {t(
              'A project has a budget that its keys share. Give it the folders and git remotes where its work is done, and calls without a project of their own are booked on it.',
            )}
          </Empty>
        ) : (
          <ProjectTable {...shown} open={setOpen} />
        )}
      </Section>
      {open !== undefined && <Dialogs open={open} projects={shown.projects} setOpen={setOpen} again={again} />}
    </>
  );
}

interface DialogsProps {
  readonly open: Open;
  readonly projects: readonly ProjectRow[];
  readonly setOpen: (what: Open | undefined) => void;
  readonly again: () => void;
}

function Dialogs({ open, projects, setOpen, again }: DialogsProps) {
  const host = useHost();
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    again();
    close();
  };
  switch (open.type) {
    case 'new-key':
      return (
        <TermsDialog
          {...{ title: t('New key'), first: formOf(undefined), kind: 'new-key', projects, onClose: close }}
          save={async (form) => {
            const made = await host.ask('createKey', keySettingsOf(form));
            again();
            setOpen({ type: 'secret', secret: made.key });
          }}
        />
      );
    case 'key':
      return (
        <TermsDialog
          {...{
            title: t('Edit {0}', open.row.key_alias ?? open.row.key_name),
            first: formOf(open.row),
            kind: 'key',
            projects,
          }}
          onClose={close}
          save={async (form) => {
            await host.ask('updateKey', { key: open.row.token, ...keySettingsOf(form) });
            done();
          }}
        />
      );
    case 'new-project':
    case 'project': {
      const row = open.type === 'project' ? open.row : undefined;
      return (
        <TermsDialog
          title={row === undefined ? t('New project') : t('Edit {0}', row.team_alias ?? row.team_id)}
          {...{ first: formOf(row), kind: 'project', projects, onClose: close }}
          save={async (form) => {
            const settings = projectSettingsOf(form);
            if (row === undefined) await host.ask('createProject', settings);
            else await host.ask('updateProject', { team_id: row.team_id, ...settings });
            done();
          }}
        />
      );
    }
    case 'secret':
      return <SecretDialog secret={open.secret} onClose={close} />;
    case 'rotate':
      return (
        <RotateDialog
          row={open.row}
          onClose={close}
          onRotated={(secret) => {
            again();
            setOpen({ type: 'secret', secret });
          }}
        />
      );
    default:
      return <Actions open={open} close={close} done={done} />;
  }
}

type Acting = Exclude<Open, { readonly type: 'new-key' | 'new-project' | 'secret' }>;

/** What needs no form of its own. */
function Actions({
  open,
  close,
  done,
}: {
  readonly open: Acting;
  readonly close: () => void;
  readonly done: () => void;
}) {
  const host = useHost();
  const { row } = open;
  const isKey = 'token' in row;
  const name = isKey ? (row.key_alias ?? row.key_name) : (row.team_alias ?? row.team_id);
  const blocked = !row.blocked;
  const then = async (task: Promise<unknown>): Promise<void> => {
    await task;
    done();
  };
  if (open.type === 'raise-key' || open.type === 'raise-project')
    return (
      <RaiseDialog
        title={t('Raise the budget of {0}', name)}
        onClose={close}
        save={(raise) =>
          then(
            isKey
              ? host.ask('updateKey', { key: row.token, ...raise })
              : host.ask('updateProject', { team_id: row.team_id, ...raise }),
          )
        }
      />
    );
  if (open.type === 'block-key' || open.type === 'block-project')
    return (
      <ConfirmDialog
        title={blocked ? t('Block {0}', name) : t('Unblock {0}', name)}
        text={blocked ? t('Its calls are refused until it is unblocked.') : t('Its calls are taken again.')}
        action={blocked ? t('Block') : t('Unblock')}
        onClose={close}
        run={() =>
          then(
            isKey
              ? host.ask('blockKey', { key: row.token, blocked })
              : host.ask('blockProject', { team_id: row.team_id, blocked }),
          )
        }
      />
    );
  return (
    <ConfirmDialog
      title={t('Delete {0}', name)}
      text={
        isKey
          ? t('Whoever uses it is refused from now on. Its requests stay in the ledger. This cannot be undone.')
          : t('Its keys are deleted with it. Its requests stay in the ledger. This cannot be undone.')
      }
      action={t('Delete')}
      onClose={close}
      run={() =>
        then(isKey ? host.ask('deleteKey', { key: row.token }) : host.ask('deleteProject', { team_id: row.team_id }))
      }
    />
  );
}
