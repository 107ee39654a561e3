import { useState } from 'preact/hooks';
import type { Configuration, DeploymentValues, RoutingEdit } from '../src/admin/contract.ts';
import { ConfigDialog, type EditingProps } from './config-dialog.tsx';
import { t } from './l10n.ts';
import { Field } from './parts.tsx';

type Entry = Configuration['entries'][number];
type Name = keyof DeploymentValues;
type Form = Readonly<Record<Name, string>>;

const names = [
  ...(['model_name', 'model', 'key', 'api_base', 'tags', 'order', 'weight', 'rpm', 'tpm'] as const),
  ...(['max_parallel_requests', 'input_cost_per_token', 'output_cost_per_token'] as const),
  'cache_read_input_token_cost',
] as const satisfies readonly Name[];
/** Shown by the million tokens, which is how providers tell them. */
const prices: ReadonlySet<Name> = new Set<Name>([
  ...(['input_cost_per_token', 'output_cost_per_token', 'cache_read_input_token_cost'] as const),
]);
const texts: ReadonlySet<Name> = new Set<Name>(['model_name', 'model', 'key', 'api_base', 'tags']);

/** A model_list entry: a new one, or one that stands in the file. */
export function DeploymentDialog({ entry, file, ...rest }: EditingProps & { readonly entry: Entry | undefined }) {
  const [first] = useState(() => formOf(entry?.values ?? {}));
  const [form, setForm] = useState(first);
  const [keepsStarter, setKeepsStarter] = useState(true);
  const [wasTried, setTried] = useState(false);
  const found = faultsIn(form);
  const faults = wasTried ? found : {};
  const edit: RoutingEdit = { type: 'deployment', id: entry?.id ?? null, values: changed(first, form) };
  const addsFirst = !file.listsModels && entry === undefined;
  const edits: readonly RoutingEdit[] = addsFirst && keepsStarter ? [{ type: 'starter' }, edit] : [edit];
  return (
    <ConfigDialog
      {...rest}
      file={file}
      title={entry === undefined ? t('New deployment') : t('Deployment {0}', first.model_name)}
      edits={Object.keys(found).length === 0 ? edits : undefined}
      onTry={() => setTried(true)}
    >
      <Fields
        form={form}
        faults={faults}
        holdsSecret={entry?.holdsSecret === true}
        change={(some) => setForm({ ...form, ...some })}
      />
      {addsFirst && (
        <label class="check">
          <input
            type="checkbox"
            checked={keepsStarter}
            onChange={({ currentTarget }) => setKeepsStarter(currentTarget.checked)}
          />
          {t('Keep the built-in models, which count only while the file lists none')}
        </label>
      )}
    </ConfigDialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly faults: Partial<Form>;
  readonly holdsSecret: boolean;
  readonly change: (some: Partial<Form>) => void;
}

function Fields({ form, faults, holdsSecret, change }: FieldsProps) {
  const field = (
    name: Name,
    label: string,
    more: { placeholder?: string; hint?: string; autoFocus?: boolean } = {},
  ) => (
    <Field
      label={label}
      value={form[name]}
      fault={faults[name]}
      onInput={(value) => change({ [name]: value })}
      {...more}
    />
  );
  return (
    <>
      {field('model_name', t('Name that clients use'), { placeholder: 'gpt-4o', autoFocus: true })}
      {field('model', t('Model of the provider'), {
        placeholder: 'openai/gpt-4o',
        hint: t('The provider, a slash, and its own name of the model.'),
      })}
      {field('key', t('Variable of the key'), {
        placeholder: 'OPENAI_API_KEY',
        hint: holdsSecret
          ? t('A key stands in the file itself, and is not shown. The name of a variable here takes its place.')
          : t('Only its name: the key itself never stands in the file. Empty: the usual variable of the provider.'),
      })}
      {field('api_base', t('Address'), { hint: t("Empty: the provider's own.") })}
      <div class="field-row">
        {field('input_cost_per_token', t('Input, dollars per million'))}
        {field('output_cost_per_token', t('Output, dollars per million'))}
        {field('cache_read_input_token_cost', t('Cached input, dollars per million'))}
      </div>
      <p class="quiet">{t('Empty prices are looked up.')}</p>
      <details>
        <summary>{t('Order and limits')}</summary>
        <div class="field-row">
          {field('order', t('Order'), { hint: t('Lower ones first.') })}
          {field('weight', t('Weight'))}
          {field('tags', t('Tags'))}
        </div>
        <div class="field-row">
          {field('rpm', t('Requests a minute'))}
          {field('tpm', t('Tokens a minute'))}
          {field('max_parallel_requests', t('At once'))}
        </div>
      </details>
    </>
  );
}

const formOf = (values: DeploymentValues): Form =>
  Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      if (typeof value === 'number')
        return [name, String(prices.has(name) ? Number((value * 1e6).toPrecision(12)) : value)];
      return [name, Array.isArray(value) ? value.join(', ') : String(value ?? '')];
    }),
  ) as Record<Name, string>;

function faultsIn(form: Form): Partial<Form> {
  const faults: Partial<Record<Name, string>> = {};
  for (const name of ['model_name', 'model'] as const)
    if (form[name].trim() === '') faults[name] = t('This is needed.');
  if (form.model.trim() !== '' && !form.model.includes('/'))
    faults.model = t('Such as openai/gpt-4o: the provider comes first.');
  for (const name of names) {
    const text = form[name].trim();
    if (!texts.has(name) && text !== '' && !(Number(text) >= 0)) faults[name] = t('A number, 0 or more.');
  }
  return faults;
}

/** What was changed, as the file has it; null where it was emptied. */
const changed = (first: Form, form: Form): DeploymentValues =>
  Object.fromEntries(
    names.filter((name) => form[name].trim() !== first[name]).map((name) => [name, valueOf(name, form[name].trim())]),
  );

function valueOf(name: Name, text: string): string | number | readonly string[] | null {
  if (text === '') return null;
  if (name === 'tags') return text.split(',').flatMap((tag) => tag.trim() || []);
  if (texts.has(name)) return text;
  return prices.has(name) ? Number((Number(text) / 1e6).toPrecision(12)) : Number(text);
}
