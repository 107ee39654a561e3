import { useState } from 'preact/hooks';
import type { ProjectRow } from '../src/admin/contract.ts';
import { useDoing } from './asking.ts';
import { Dialog } from './overlays.tsx';
import { Button, Choice, Field } from './parts.tsx';
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
  const { busy, refusal, run } = useDoing();
  const found = faultsIn(form, kind === 'new-key');
  const faults = wasTried ? found : {};
  const change = (some: Partial<TermsForm>): void => setForm({ ...form, ...some });
  const submit = (): void => {
    setTried(true);
    if (Object.keys(found).length === 0) run(() => save(form));
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
          label="Name"
          value={form.name}
          placeholder={isKey ? 'claude-code' : 'harbour'}
          fault={faults['name']}
          autoFocus
          onInput={(name) => change({ name })}
        />
        {isKey && projects.length > 0 && (
          <div class="field">
            <Choice
              label="Project"
              value={form.project}
              options={[['', 'None'], ...projects.map((one) => [one.team_id, one.team_alias ?? one.team_id] as const)]}
              onChange={(project) => change({ project })}
            />
          </div>
        )}
        <Windows form={form} faults={faults} change={change} />
        <Field
          label="Models"
          value={form.models}
          placeholder="all"
          hint="Names or patterns such as claude-*, with commas between them. Empty: all."
          onInput={(models) => change({ models })}
        />
        <details open={kind === 'project'}>
          <summary>More</summary>
          <More form={form} faults={faults} change={change} isKey={isKey} />
        </details>
        {refusal !== undefined && (
          <p class="bad" role="alert">
            {refusal.message}
          </p>
        )}
        <div class="dialog-actions">
          <Button look="primary" disabled={busy} onClick={submit}>
            {kind === 'new-key' ? 'Create Key' : 'Save'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
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
      <legend>Budgets</legend>
      {windows.map(({ amount, duration }, index) => (
        <div class="window" key={index}>
          <Field
            label={`Budget ${index + 1}, dollars`}
            value={amount}
            placeholder="no limit"
            fault={faults[`window${index}`]}
            onInput={(next) => put(index, { amount: next, duration })}
          />
          <Choice
            label={`Budget ${index + 1}, window`}
            hideLabel
            value={duration}
            options={
              durations.some(([one]) => one === duration) ? durations : [[duration, `per ${duration}`], ...durations]
            }
            onChange={(next) => put(index, { amount, duration: next })}
          />
          {windows.length > 1 && (
            <Button
              look="quiet"
              label={`Remove budget ${index + 1}`}
              onClick={() => change({ windows: windows.filter((_, at) => at !== index) })}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      <Button look="quiet" onClick={() => change({ windows: [...windows, { amount: '', duration: '1d' }] })}>
        Add a budget
      </Button>
    </fieldset>
  );
}

function More({ form, faults, change, isKey }: PartProps & { readonly isKey: boolean }) {
  return (
    <>
      <div class="field-row">
        <Field label="Requests a minute" value={form.rpm} fault={faults['rpm']} onInput={(rpm) => change({ rpm })} />
        <Field label="Tokens a minute" value={form.tpm} fault={faults['tpm']} onInput={(tpm) => change({ tpm })} />
        <Field
          label="At once"
          value={form.parallel}
          fault={faults['parallel']}
          onInput={(parallel) => change({ parallel })}
        />
      </div>
      <Field
        label="Warn at, dollars"
        value={form.soft}
        fault={faults['soft']}
        hint="Blocks nothing."
        onInput={(soft) => change({ soft })}
      />
      {isKey ? (
        <>
          <Field
            label="Model aliases"
            value={form.aliases}
            placeholder="fast=gpt-5-mini"
            fault={faults['aliases']}
            onInput={(aliases) => change({ aliases })}
          />
          <Field
            label="Expires after"
            value={form.expires}
            placeholder="never"
            fault={faults['expires']}
            hint="From now on: 12h, 30d, 6mo. Empty leaves it as it is."
            onInput={(expires) => change({ expires })}
          />
        </>
      ) : (
        <>
          <Lines label="Folders, one a line" value={form.folders} onInput={(folders) => change({ folders })} />
          <Lines label="Git remotes, one a line" value={form.remotes} onInput={(remotes) => change({ remotes })} />
        </>
      )}
    </>
  );
}

interface LinesProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

const Lines = ({ label, value, onInput }: LinesProps) => (
  <label class="field">
    {label}
    <textarea rows={2} spellcheck={false} value={value} onInput={({ currentTarget }) => onInput(currentTarget.value)} />
  </label>
);
