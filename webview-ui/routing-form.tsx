import { useState } from 'preact/hooks';
import type { RoutingValues } from '../src/admin/contract.ts';
import { ConfigDialog, type EditingProps } from './config-dialog.tsx';
import { t } from './l10n.ts';
import { Choice, Field, Lines } from './parts.tsx';
import { changedRouting, formOfRouting, routingFaults, type RoutingForm } from './routing.ts';

const strategies = [
  ['', t('by weight (usual)')],
  ['simple-shuffle', 'simple-shuffle'],
  ['least-busy', t('least-busy: fewest calls under way')],
  ['latency-based-routing', t('latency-based-routing: the fastest lately')],
  ['cost-based-routing', t('cost-based-routing: the cheapest')],
  ['usage-based-routing', t('usage-based-routing: fewest tokens this minute')],
  ['usage-based-routing-v2', 'usage-based-routing-v2'],
] as const;

/** Which names stand for others, and which stand in where one fails. */
export function RoutingDialog({ file, ...rest }: EditingProps) {
  const [first] = useState(() => formOfRouting(file.routing));
  const [form, setForm] = useState(first);
  const [wasTried, setTried] = useState(false);
  const found = routingFaults(form);
  const faults = wasTried ? found : {};
  const change = (some: Partial<RoutingForm>): void => setForm({ ...form, ...some });
  const values: RoutingValues = changedRouting(first, form);
  const known = strategies.find(([name]) => name === form.strategy);
  const lines = (
    name: Exclude<keyof RoutingForm, 'strategy' | 'default_fallbacks'>,
    label: string,
    placeholder: string,
  ) => (
    <Lines
      label={label}
      value={form[name]}
      placeholder={placeholder}
      fault={faults[name]}
      onInput={(text) => change({ [name]: text })}
    />
  );
  return (
    <ConfigDialog
      {...rest}
      file={file}
      title={t('Routing')}
      edits={Object.keys(found).length === 0 ? [{ type: 'routing', values }] : undefined}
      onTry={() => setTried(true)}
    >
      <div class="field">
        <Choice<string>
          label={t('Among deployments of one name')}
          value={form.strategy}
          options={known === undefined ? [[form.strategy, form.strategy], ...strategies] : strategies}
          onChange={(strategy) => change({ strategy })}
        />
      </div>
      {lines('fallbacks', t('When a model fails, one line for each'), 'gpt-4o -> claude, gemini')}
      <Field
        label={t('When any other fails')}
        value={form.default_fallbacks}
        onInput={(text) => change({ default_fallbacks: text })}
      />
      {lines('model_group_alias', t('Aliases'), 'fast -> gpt-5-mini')}
      <details>
        <summary>{t('For single cases')}</summary>
        {lines('context_window_fallbacks', t('When the prompt is too long'), 'gpt-4o -> gemini')}
        {lines('content_policy_fallbacks', t("When a provider's policy refuses"), 'gpt-4o -> claude')}
        {lines('budget_fallbacks', t('When a budget cannot pay'), 'gpt-4o -> local')}
      </details>
    </ConfigDialog>
  );
}
