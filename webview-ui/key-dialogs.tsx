import { useState } from 'preact/hooks';
import type { KeyRow } from '../src/admin/contract.ts';
import { recipes } from './assistants.ts';
import { useAsk, useDoing, useHost } from './asking.ts';
import { t } from './l10n.ts';
import { Dialog, DialogEnd } from './overlays.tsx';
import { Button, Choice, CopyButton, Field } from './parts.tsx';
import { isAmount } from './terms.ts';

/** A new secret, this once, with what to paste where. */
export function SecretDialog({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const { data: overview } = useAsk('overview', {});
  const { data: deployments } = useAsk('deployments', {});
  const models = [...new Set((deployments?.deployments ?? []).map(({ group }) => group))].filter(
    (name) => !name.includes('*'),
  );
  const [model, setModel] = useState('');
  const [tool, setTool] = useState('Claude Code');
  const shown = model === '' ? (models[0] ?? 'MODEL') : model;
  const all = recipes({ baseUrl: overview?.baseUrl ?? '', key: secret, model: shown });
  const recipe = all.find(({ name }) => name === tool);
  return (
    <Dialog title={t('The new key')} onClose={onClose} wide>
      <p>{t('It is shown only now: the gateway keeps a hash of it and nothing else.')}</p>
      <div class="copyable">
        <code class="secret">{secret}</code>
        <CopyButton text={secret} label={t('Copy key')} />
      </div>
      <div class="toolbar">
        <Choice
          label={t('For')}
          value={tool}
          options={all.map(({ name }) => [name, name] as const)}
          onChange={setTool}
        />
        {models.length > 1 && (
          <Choice
            label={t('with')}
            value={shown}
            options={models.map((name) => [name, name] as const)}
            onChange={setModel}
          />
        )}
      </div>
      {recipe !== undefined && overview !== undefined && (
        <>
          <p class="quiet">{recipe.place}</p>
          <div class="copyable block">
            <pre tabIndex={0} aria-label={t('What to paste for {0}', recipe.name)}>
              {recipe.text}
            </pre>
            <CopyButton text={recipe.text} label={t('Copy for {0}', recipe.name)} />
          </div>
        </>
      )}
      <div class="dialog-actions">
        <Button look="primary" onClick={onClose}>
          {t('Done')}
        </Button>
      </div>
    </Dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
}

export function ConfirmDialog({ title, text, action, run: task, onClose }: ConfirmProps) {
  const doing = useDoing();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <DialogEnd action={action} look="danger" doing={doing} onAction={() => doing.run(task)} onClose={onClose} />
    </Dialog>
  );
}

const graces = [
  ['', t('at once')],
  ['1h', t('in an hour')],
  ['1d', t('in a day')],
  ['7d', t('in a week')],
] as const;

interface RotateProps {
  readonly row: KeyRow;
  readonly onRotated: (secret: string) => void;
  readonly onClose: () => void;
}

/** A new secret for the same key; the old one stays good for a while. */
export function RotateDialog({ row, onRotated, onClose }: RotateProps) {
  const host = useHost();
  const [grace, setGrace] = useState<(typeof graces)[number][0]>('1d');
  const doing = useDoing();
  const rotate = (): void =>
    doing.run(async () => {
      const made = await host.ask('rotateKey', { key: row.token, ...(grace !== '' && { grace_period: grace }) });
      onRotated(made.key);
    });
  return (
    <Dialog title={t('Rotate {0}', row.key_alias ?? row.key_name)} onClose={onClose}>
      <p>{t('The key gets a new secret, and keeps its budgets, its limits and its history.')}</p>
      <Choice label={t('The old secret ends')} value={grace} options={graces} onChange={setGrace} />
      <DialogEnd action={t('Rotate')} doing={doing} onAction={rotate} onClose={onClose} />
    </Dialog>
  );
}

const lengths = [
  ['1d', t('for a day')],
  ['7d', t('for a week')],
  ['1mo', t('for a month')],
] as const;

interface RaiseProps {
  readonly title: string;
  readonly save: (raise: {
    readonly temp_budget_increase: number;
    readonly temp_budget_expiry: string;
  }) => Promise<void>;
  readonly onClose: () => void;
}

/** More money for a while. */
export function RaiseDialog({ title, save, onClose }: RaiseProps) {
  const [amount, setAmount] = useState('');
  const [length, setLength] = useState<(typeof lengths)[number][0]>('1d');
  const [wasTried, setTried] = useState(false);
  const doing = useDoing();
  const fault = wasTried && !isAmount(amount) ? t('An amount in dollars, such as 10 or 2.50.') : undefined;
  const submit = (): void => {
    setTried(true);
    if (isAmount(amount)) doing.run(() => save({ temp_budget_increase: Number(amount), temp_budget_expiry: length }));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div class="window">
          <Field label={t('Dollars more')} value={amount} onInput={setAmount} fault={fault} autoFocus />
          <Choice label={t('How long')} hideLabel value={length} options={lengths} onChange={setLength} />
        </div>
        <DialogEnd action={t('Raise')} doing={doing} onAction={submit} onClose={onClose} />
      </form>
    </Dialog>
  );
}
