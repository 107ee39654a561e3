import { useState } from 'preact/hooks';
import type { ProjectRow } from '../src/admin/contract.ts';
import { useDoing } from './asking.ts';
import { t } from './l10n.ts';
import { Dialog, DialogEnd } from './overlays.tsx';
import { Button, Choice, Field, Lines } from './parts.tsx';
import { durations, faultsIn, type Faults, type TermsForm, type WindowForm } from './terms.ts';

interface FormProps {
  readonly title: string;
  readonly first: TermsForm;
  readonly kind: 'new-key' | 'key' | 'project';
  readonly projects: readonly ProjectRow[];
  readonly save: (form: TermsForm) => Promise<void>;
  readonly onClose: () => void;
}

/** One form for keys and projects: their terms are the same. */
export function TermsDialog({ title, first, kind, projects, save, onClose }: FormProps) {
  const [form, setForm] = useState<TermsForm>(first);
  const [wasTried, setTried] = useState(false);
  const doing = useDoing();
  const found = faultsIn(form, kind === 'new-key');
  const faults = wasTried ? found : {};
  const change = (some: Partial<TermsForm>): void => setForm({ ...form, ...some });
  const submit = (): void => {
    setTried(true);
    if (Object.keys(found).length === 0) doing.run(() => save(form));
  };
  const isKey = kind !== 'project';
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={t('Name')}
          value={form.name}
          placeholder={isKey ? 'claude-code' : 'harbour'}
          fault={faults['name']}
          autoFocus
          onInput={(name) => change({ name })}
        />
        {isKey && projects.length > 0 && (
          <div class="field">
            <Choice
              label={t('Project')}
              value={form.project}
              options={[
                ['', t('None')],
                ...projects.map((one) => [one.team_id, one.team_alias ?? one.team_id] as const),
              ]}
              onChange={(project) => change({ project })}
            />
          </div>
        )}
        <Windows form={form} faults={faults} change={change} />
        <Field
          label={t('Models')}
          value={form.models}
          placeholder={t('all')}
          hint={t('Names or patterns such as claude-*, with commas between them. Empty: all.')}
          onInput={(models) => change({ models })}
        />
        <details open={kind === 'project'}>
          <summary>{t('More')}</summary>
          <More form={form} faults={faults} change={change} isKey={isKey} />
        </details>
        <DialogEnd
          action={kind === 'new-key' ? t('Create Key') : t('Save')}
          doing={doing}
          onAction={submit}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

interface PartProps {
  readonly form: TermsForm;
  readonly faults: Faults;
  readonly change: (some: Partial<TermsForm>) => void;
}

function Windows({ form: { windows }, faults, change }: PartProps) {
  const put = (index: number, next: WindowForm): void =>
    change({ windows: windows.map((one, at) => (at === index ? next : one)) });
  return (
    <fieldset>
      <legend>{t('Budgets')}</legend>
      {windows.map(({ amount, duration }, index) => (
        <div class="window" key={index}>
          <Field
            label={t('Budget {0}, dollars', index + 1)}
            value={amount}
            placeholder={t('no limit')}
            fault={faults[`window${index}`]}
            onInput={(next) => put(index, { amount: next, duration })}
          />
          <Choice
            label={t('Budget {0}, window', index + 1)}
            hideLabel
            value={duration}
            options={
              durations.some(([one]) => one === duration)
                ? durations
                : [[duration, t('per {0}', duration)], ...durations]
            }
            onChange={(next) => put(index, { amount, duration: next })}
          />
          {windows.length > 1 && (
            <Button
              look="quiet"
              label={t('Remove budget {0}', index + 1)}
              onClick={() => change({ windows: windows.filter((_, at) => at !== index) })}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      <Button look="quiet" onClick={() => change({ windows: [...windows, { amount: '', duration: '1d' }] })}>
        {t('Add a budget')}
      </Button>
    </fieldset>
  );
}

function More({ form, faults, change, isKey }: PartProps & { readonly isKey: boolean }) {
  return (
    <>
      <div class="field-row">
        <Field
          label={t('Requests a minute')}
          value={form.rpm}
          fault={faults['rpm']}
          onInput={(rpm) => change({ rpm })}
        />
        <Field label={t('Tokens a minute')} value={form.tpm} fault={faults['tpm']} onInput={(tpm) => change({ tpm })} />
        <Field
          label={t('At once')}
          value={form.parallel}
          fault={faults['parallel']}
          onInput={(parallel) => change({ parallel })}
        />
      </div>
      <Field
        label={t('Warn at, dollars')}
        value={form.soft}
        fault={faults['soft']}
        hint={t('Blocks nothing.')}
        onInput={(soft) => change({ soft })}
      />
      {isKey ? (
        <>
          <Field
            label={t('Model aliases')}
            value={form.aliases}
            placeholder="fast=gpt-5-mini"
            fault={faults['aliases']}
            onInput={(aliases) => change({ aliases })}
          />
          <Field
            label={t('Expires after')}
            value={form.expires}
            placeholder={t('never')}
            fault={faults['expires']}
            hint={t('From now on: 12h, 30d, 6mo. Empty leaves it as it is.')}
            onInput={(expires) => change({ expires })}
          />
          <Field
            label={t('Keep prompts and answers, days')}
            value={form.keep}
            placeholder={t('not kept')}
            fault={faults['keep']}
            hint={t(
              'What the tool sends and is told is then written to this machine, code and all; only what looks like a secret is hidden. Emptied, all of it is deleted.',
            )}
            onInput={(keep) => change({ keep })}
          />
        </>
      ) : (
        <>
          <Lines label={t('Folders, one a line')} value={form.folders} onInput={(folders) => change({ folders })} />
          <Lines label={t('Git remotes, one a line')} value={form.remotes} onInput={(remotes) => change({ remotes })} />
        </>
      )}
    </>
  );
}
